package mapi

var taskStates = []string{"NotStarted", "InProgress", "Completed", "WaitingOnOthers", "Deferred"}

// taskFields are the elements that t:TaskType adds (MS-OXWSTASK 2.2.4.5).
var taskFields = []*field{
	{name: "ActualWork", uri: "task:ActualWork", key: numbered(setTask, 0x8110), kind: kInteger},
	{name: "AssignedTime", uri: "task:AssignedTime", flags: fReadOnly, key: numbered(setTask, 0x8115), kind: kTime},
	{name: "BillingInformation", uri: "task:BillingInformation", key: numbered(setCommon, 0x8535), kind: kString},
	{name: "ChangeCount", uri: "task:ChangeCount", flags: fReadOnly, key: pTaskVersion, kind: kInteger},
	{name: "Companies", uri: "task:Companies", key: pCompanies, kind: kStrings},
	{name: "CompleteDate", uri: "task:CompleteDate", key: pTaskCompleted, kind: kTime, write: writeCompleteDate, clear: clearCompleteDate},
	{name: "Contacts", uri: "task:Contacts", key: numbered(setCommon, 0x853A), kind: kStrings},
	{name: "DelegationState", uri: "task:DelegationState", flags: fReadOnly, read: readDelegation},
	{name: "Delegator", uri: "task:Delegator", flags: fReadOnly, key: numbered(setTask, 0x8121), kind: kString},
	{name: "DueDate", uri: "task:DueDate", flags: fDefault | fListed, key: pTaskDue, kind: kTime},
	{name: "IsAssignmentEditable", uri: "task:IsAssignmentEditable", flags: fReadOnly, key: numbered(setTask, 0x8518), kind: kInteger},
	{name: "IsComplete", uri: "task:IsComplete", flags: fReadOnly, key: pTaskComplete, kind: kBoolean, def: false},
	{name: "IsRecurring", uri: "task:IsRecurring", flags: fReadOnly, key: pTaskRecurring, kind: kBoolean, def: false},
	{name: "IsTeamTask", uri: "task:IsTeamTask", flags: fReadOnly, key: numbered(setTask, 0x8103), kind: kBoolean, def: false},
	{name: "Mileage", uri: "task:Mileage", key: pMileage, kind: kString},
	{name: "Owner", uri: "task:Owner", flags: fReadOnly, key: pTaskOwner, kind: kString},
	{name: "PercentComplete", uri: "task:PercentComplete", flags: fDefault | fListed, key: pTaskPercent, kind: kDouble, read: readPercent,
		value: valuePercent, write: writePercent, clear: clearPercent},
	{name: "Recurrence", uri: "task:Recurrence", flags: fGetOnly, read: readTaskRecurrence, write: writeTaskRecurrence, clear: clearTaskRecurrence},
	{name: "StartDate", uri: "task:StartDate", flags: fDefault | fListed, key: pTaskStart, kind: kTime},
	{name: "Status", uri: "task:Status", flags: fDefault | fListed, key: pTaskStatus, kind: kInteger, enum: taskStates, def: int32(0), write: writeTaskStatus, clear: clearTaskStatus},
	{name: "StatusDescription", uri: "task:StatusDescription", flags: fReadOnly, read: readStatusDescription},
	{name: "TotalWork", uri: "task:TotalWork", key: numbered(setTask, 0x8111), kind: kInteger},
}
