import type { AppReport, VerificationReport } from '#domain/connections/verification-report.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'

/** What a verification found, as programs see it. */
export function verificationDocument(report: VerificationReport) {
  const { run, isCurrent, organization, graph, intune, licence, reader, writer } = report
  return {
    run: runDocument(run),
    isCurrent,
    organization,
    graph,
    intune,
    licence,
    reader: appDocument(reader),
    writer: appDocument(writer),
  }
}

function appDocument({ warnings, token, permissions, excess }: AppReport) {
  return { warnings, token, permissions, excess }
}
