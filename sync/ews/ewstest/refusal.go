package ewstest

import (
	"errors"

	"iorepl/sync/ews/ewstest/mapi"
)

// texts are the message texts of the response codes, as Exchange words them in English where that is known.
var texts = map[string]string{
	"ErrorAccessDenied":                                   "Access is denied. Check credentials and try again.",
	"ErrorBatchProcessingStopped":                         "An internal server error occurred. Try again later.",
	"ErrorCannotCreateCalendarItemInNonCalendarFolder":    "Cannot create a calendar item in a non-calendar folder.",
	"ErrorCannotCreateContactInNonContactFolder":          "Cannot create a contact in a non-contact folder.",
	"ErrorCannotCreateTaskInNonTaskFolder":                "Cannot create a task in a non-task folder.",
	"ErrorCannotDeleteObject":                             "The object could not be deleted.",
	"ErrorCannotSetCalendarPermissionOnNonCalendarFolder": "A calendar permission set cannot be set on a non-calendar folder.",
	"ErrorCannotSetNonCalendarPermissionOnCalendarFolder": "A non-calendar permission set cannot be set on a calendar folder.",
	"ErrorCannotSetPermissionUnknownEntries":              "Unknown entries cannot be set.",
	"ErrorCannotUseFolderIdForItemId":                     "Expected an item Id but received a folder Id.",
	"ErrorCannotUseItemIdForFolderId":                     "Expected a folder Id but received an item Id.",
	"ErrorChangeKeyRequired":                              "A change key is required for this operation.",
	"ErrorChangeKeyRequiredForWriteOperations":            "The current change key is required for this operation.",
	"ErrorDeleteDistinguishedFolder":                      "Distinguished folders cannot be deleted.",
	"ErrorExceededConnectionCount":                        "You have exceeded the available concurrent connections for your account. Try again once your other requests have completed.",
	"ErrorExceededFindCountLimit":                         "You have exceeded the maximum number of objects that can be returned for the find operation. Use paging to reduce the result size and try your request again.",
	"ErrorFolderExists":                                   "A folder with the specified name already exists.",
	"ErrorFolderNotFound":                                 "The specified folder could not be found in the store.",
	"ErrorFreeBusyGenerationFailed":                       "Unable to generate free/busy information.",
	"ErrorInternalServerError":                            "An internal server error occurred. The operation failed.",
	"ErrorInvalidChangeKey":                               "The change key is invalid.",
	"ErrorInvalidFreeBusyViewType":                        "The FreeBusyViewOptions.RequestedView is invalid.",
	"ErrorInvalidIdEmpty":                                 "The Id is empty.",
	"ErrorInvalidIdMalformed":                             "Id is malformed.",
	"ErrorInvalidMergedFreeBusyInterval":                  "The FreeBusyViewOptions.MergedFreeBusyIntervalInMinutes is invalid: it is 5 to 1440.",
	"ErrorInvalidOperation":                               "The requested operation is invalid.",
	"ErrorInvalidPagingMaxRows":                           "The maximum number of rows must be greater than zero.",
	"ErrorInvalidPermissionSettings":                      "The permission settings are not valid.",
	"ErrorInvalidPropertySet":                             "Set action is invalid for property.",
	"ErrorInvalidRequest":                                 "The request is invalid.",
	"ErrorInvalidServerVersion":                           "The specified server version is invalid.",
	"ErrorInvalidTimeInterval":                            "The time duration specified for FreeBusyViewOptions.TimeWindow is invalid.",
	"ErrorInvalidUserInfo":                                "The user information is not valid.",
	"ErrorIrresolvableConflict":                           "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
	"ErrorItemNotFound":                                   "The specified object was not found in the store.",
	"ErrorItemSave":                                       "The item save operation did not succeed.",
	"ErrorMailboxDataArrayEmpty":                          "The MailboxDataArray holds no target users.",
	"ErrorMessageSizeExceeded":                            "The message exceeds the maximum supported size.",
	"ErrorMissingEmailAddress":                            "When making a request as an account that does not have a mailbox, you must specify the mailbox primary SMTP address for any distinguished folder Ids.",
	"ErrorMoveCopyFailed":                                 "The move or copy operation failed.",
	"ErrorNameResolutionMultipleResults":                  "Multiple results were found.",
	"ErrorNameResolutionNoResults":                        "No results were found.",
	"ErrorNoFreeBusyAccess":                               "Access is denied.",
	"ErrorNonExistentMailbox":                             "The SMTP address has no mailbox associated with it.",
	"ErrorOperationNotAllowedWithPublicFolderRoot":        "The operation is not allowed for the public folder root.",
	"ErrorParentFolderNotFound":                           "The specified parent folder could not be found.",
	"ErrorProxyRequestNotAllowed":                         "The proxy web request is not allowed.",
	"ErrorProxyRequestProcessingFailed":                   "Proxy web request failed.",
	"ErrorPublicFolderOperationFailed":                    "The public folder operation failed.",
	"ErrorPublicFolderRequestProcessingFailed":            "The public folder request failed.",
	"ErrorPublicFolderServerNotFound":                     "Unable to find a public folder server.",
	"ErrorQuotaExceeded":                                  "The message store has reached its maximum storage size.",
	"ErrorResultSetTooBig":                                "The result set contains too many calendar entries. The allowed size = 1000.",
	"ErrorSavedItemFolderNotFound":                        "The folder to save the item in could not be found.",
	"ErrorServerBusy":                                     "The server cannot service this request right now. Try again later.",
	"ErrorTimeZone":                                       "The time zone is invalid.",
	"ErrorToFolderNotFound":                               "The destination folder could not be found.",
	"ErrorUnsupportedPathForQuery":                        "The specified path cannot be used in a query.",
}

// fail refuses one thing of a request with a response code (MS-OXWSCDATA 2.2.5.24).
func fail(code string) error { return &mapi.Error{Code: code, Message: texts[code]} }

// failAs is fail with a text of its own.
func failAs(code, text string) error { return &mapi.Error{Code: code, Message: text} }

// failAll refuses a whole request with a SOAP fault.
func failAll(code string) error { return &mapi.Error{Code: code, Message: texts[code], Whole: true} }

// failAllAs is failAll with a text of its own.
func failAllAs(code, text string) error { return &mapi.Error{Code: code, Message: text, Whole: true} }

// refusalOf is what a client learns of an error.
func refusalOf(err error) *mapi.Error {
	var r *mapi.Error
	if errors.As(err, &r) {
		return r
	}
	return &mapi.Error{Code: "ErrorInternalServerError", Message: texts["ErrorInternalServerError"]}
}
