/** The items of a verification beside one for each permission. */
export const verificationSteps = {
  readerToken: { key: 'reader.token', label: 'Reader signs in' },
  readerCredential: { key: 'reader.credential', label: 'The credential of the reader is in order' },
  writerCredential: { key: 'writer.credential', label: 'The credential of the writer is in order' },
  graph: { key: 'reader.graph', label: 'Microsoft Graph answers' },
  intune: { key: 'reader.intune', label: 'Intune answers' },
  readerExcess: { key: 'reader.excess', label: 'Nothing is granted to the reader that it does not need' },
  writerExcess: { key: 'writer.excess', label: 'Nothing is granted to the writer that it does not need' },
  writerToken: { key: 'writer.token', label: 'Writer signs in' },
} as const
