package mapi

// The properties that the code itself looks at (MS-OXPROPS).
var (
	pClass             = tagged(0x001A)
	pSubject           = tagged(0x0037)
	pSubjectPrefix     = tagged(0x003D)
	pNormalizedSubject = tagged(0x0E1D)
	pImportance        = tagged(0x0017)
	pSensitivity       = tagged(0x0036)
	pReceived          = tagged(0x0E06)
	pSent              = tagged(0x0039)
	pCreated           = tagged(0x3007)
	pModified          = tagged(0x3008)
	pCreator           = tagged(0x3FF8)
	pModifier          = tagged(0x3FFA)
	pSize              = tagged(0x0E08)
	pFlags             = tagged(0x0E07)
	pHasAttachments    = tagged(0x0E1B)
	pRead              = tagged(0x0E69)
	pDisplayTo         = tagged(0x0E04)
	pDisplayCc         = tagged(0x0E03)
	pDisplayBcc        = tagged(0x0E02)
	pTransportHeaders  = tagged(0x007D)
	pMessageID         = tagged(0x1035)
	pInReplyTo         = tagged(0x1042)
	pReferences        = tagged(0x1039)
	pConversationTopic = tagged(0x0070)
	pConversationIndex = tagged(0x0071)
	pReadReceipt       = tagged(0x0029)
	pDeliveryReceipt   = tagged(0x0023)
	pReplyRequested    = tagged(0x0C17)
	pText              = tagged(0x1000)
	pHTML              = tagged(0x1013)
	pRTF               = tagged(0x1009)
	pNativeBody        = tagged(0x1016)
	pCodepage          = tagged(0x3FDE)
	pFlagStatus        = tagged(0x1090)
	pFlagCompleted     = tagged(0x1091)
	pCulture           = tagged(0x3FF1)
	pAssociated        = tagged(0x67AA)
	pDisplayName       = tagged(0x3001)

	pSenderName      = tagged(0x0C1A)
	pFromName        = tagged(0x0042)
	pCategories      = named(setPublicStrings, "Keywords")
	pReminderDelta   = numbered(setCommon, 0x8501)
	pReminderTime    = numbered(setCommon, 0x8502)
	pReminderSet     = numbered(setCommon, 0x8503)
	pReminderSignal  = numbered(setCommon, 0x8560)
	pPrivate         = numbered(setCommon, 0x8506)
	pFlagRequest     = numbered(setCommon, 0x8530)
	pMileage         = numbered(setCommon, 0x8534)
	pCompanies       = numbered(setCommon, 0x8539)
	pFileAs          = numbered(setAddress, 0x8005)
	pFileAsMapping   = numbered(setAddress, 0x8006)
	pTaskStatus      = numbered(setTask, 0x8101)
	pTaskPercent     = numbered(setTask, 0x8102)
	pTaskStart       = numbered(setTask, 0x8104)
	pTaskDue         = numbered(setTask, 0x8105)
	pTaskCompleted   = numbered(setTask, 0x810F)
	pTaskVersion     = numbered(setTask, 0x8112)
	pTaskComplete    = numbered(setTask, 0x811C)
	pTaskOwner       = numbered(setTask, 0x811F)
	pTaskRecurring   = numbered(setTask, 0x8126)
	pStart           = numbered(setAppointment, 0x820D)
	pEnd             = numbered(setAppointment, 0x820E)
	pDuration        = numbered(setAppointment, 0x8213)
	pAllDay          = numbered(setAppointment, 0x8215)
	pBusyStatus      = numbered(setAppointment, 0x8205)
	pLocation        = numbered(setAppointment, 0x8208)
	pMeetingState    = numbered(setAppointment, 0x8217)
	pMeetingResponse = numbered(setAppointment, 0x8218)
	pRecurring       = numbered(setAppointment, 0x8223)
	pNoProposal      = numbered(setAppointment, 0x825A)
	pMeetingID       = numbered(setMeeting, 0x0003)
	pCleanMeetingID  = numbered(setMeeting, 0x0023)
)

// computed are the properties that follow from others: a client cannot write them.
var computed = map[key]bool{
	pSize: true, pHasAttachments: true, pDisplayTo: true, pDisplayCc: true, pDisplayBcc: true, pRecurring: true,
	tagged(0x0FFF): true, tagged(0x0FF9): true, tagged(0x0FF4): true, tagged(0x0FFE): true, tagged(0x0E09): true, tagged(0x0E23): true,
	tagged(0x65E0): true, tagged(0x65E2): true, tagged(0x65E3): true, tagged(0x6709): true, tagged(0x670A): true, tagged(0x670B): true,
}

// fixedKinds are the types that properties have in every store.
var fixedKinds = func() map[key]kind {
	m := map[key]kind{
		pSubjectPrefix: kString, pNormalizedSubject: kString, pSent: kTime, pModified: kTime, pCreator: kString, pFlags: kInteger, pRead: kBoolean,
		pTransportHeaders: kString, pText: kString, pRTF: kBinary, pNativeBody: kInteger, pCodepage: kInteger, pFlagCompleted: kTime,
		pPrivate: kBoolean, pFlagRequest: kString, pDuration: kInteger, pMeetingResponse: kInteger, pRecurring: kBoolean, pMeetingID: kBinary,
		pCleanMeetingID: kBinary, tagged(0x65E0): kBinary, tagged(0x65E2): kBinary, tagged(0x0FFF): kBinary, tagged(0x300B): kBinary,
	}
	for _, o := range objects {
		for _, f := range o.fields {
			if f.kind != 0 {
				m[f.key] = f.kind
			}
		}
	}
	for _, a := range addressees {
		m[a.name], m[a.kind], m[a.address], m[a.smtp] = kString, kString, kString, kString
	}
	return m
}()

// property is one property of an item.
type property struct {
	key   key
	value any
}

// bag holds an item's properties. A bag that is part of an Item that others may see is never changed in place.
type bag []property

func (b bag) get(k key) any {
	for i := range b {
		if b[i].key == k {
			return b[i].value
		}
	}
	return nil
}

func (b *bag) set(k key, v any) {
	for i := range *b {
		if (*b)[i].key == k {
			(*b)[i].value = v
			return
		}
	}
	*b = append(*b, property{k, v})
}

func (b *bag) delete(k key) {
	for i := range *b {
		if (*b)[i].key == k {
			*b = append((*b)[:i], (*b)[i+1:]...)
			return
		}
	}
}

// own is a copy that may be changed.
func (b bag) own() bag { return append(make(bag, 0, len(b)+4), b...) }
