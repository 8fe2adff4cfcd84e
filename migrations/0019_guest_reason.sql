-- Why an operator of the platform is in a workspace: shown to its members for as long as they are.
alter table workspace_members add column reason text;
