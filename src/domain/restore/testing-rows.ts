/** Test only: the row of a plain group as Graph has it. */
export const groupRow = (groupId: string) => ({
  target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
})
