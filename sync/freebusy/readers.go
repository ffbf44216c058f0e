package freebusy

import "strings"

// readerSteps are what an administrator of the subscriber can look at when readers do not see what was published.
func readerSteps(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return "look, in this order, whether the organization takes the domain from the folder (Get-AvailabilityAddressSpace; Add-AvailabilityAddressSpace -ForestName " + domain +
		" -AccessMethod PublicFolder), whether the EX: folder of the contact has a replica near the reader (Get-PublicFolder '\\NON_IPM_SUBTREE\\SCHEDULE+ FREE BUSY' -Recurse | Format-List Name,Replicas), " +
		"whether a single Exchange 2007 server demands SSL on /public (event MSExchange Availability 4003), and whether the reader's mailbox is on 2007 or 2010: users on 2013 and later never see the folder"
}
