<#
.SYNOPSIS
    Writes down what DLP policies and rules a Purview tenant has, for aipol plan and aipol drift.
.DESCRIPTION
    It only reads, and writes one file. That holds the names of all DLP policies, rules, labels and
    information types: keep it as you would keep a plan. The script is the same for every
    organisation.

    Connect first with Connect-IPPSSession, or give -Connect. Runs in Windows PowerShell 5.1 and
    PowerShell 7. This file is ASCII on purpose.
.PARAMETER Out
    The file to write.
.PARAMETER Connect
    Call Connect-IPPSSession, which asks for an account.
#>
[CmdletBinding()]
param(
    [string] $Out = 'purview-state.json',
    [switch] $Connect
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#region what is read, the same in export-dlp.ps1 and session-dlp.ps1
function Test-Said {
    # Whether a property says anything: most of a rule's properties are empty or false.
    param($Value)
    if ($null -eq $Value -or $Value -eq $false) { return $false }
    return (@('', 'None') -notcontains [string] $Value) -and (@($Value).Count -gt 0)
}

function Get-Texts {
    # Texts as they are, anything else as JSON.
    param($Value)
    $texts = @()
    foreach ($each in @($Value)) {
        if ($null -eq $each) { continue }
        if ($each -is [string]) { $texts += $each } else { $texts += (ConvertTo-Json -InputObject $each -Depth 20 -Compress) }
    }
    return , $texts
}

function Get-Value {
    # A property that not every version of the service gives.
    param($Row, [string] $Name)
    $property = $Row.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

function Get-PolicyRow {
    param($Policy)
    $planes = @()
    foreach ($plane in @(Get-Value $Policy 'EnforcementPlanes')) { if ($null -ne $plane) { $planes += [string] $plane } }
    return @{
        Guid = [string] $Policy.Guid
        Name = [string] $Policy.Name
        Comment = [string] (Get-Value $Policy 'Comment')
        Mode = [string] $Policy.Mode
        EnforcementPlanes = $planes
        Locations = Get-Texts (Get-Value $Policy 'Locations')
    }
}

function Get-RuleRow {
    param($Rule)
    $exceptions = @{}
    foreach ($property in $Rule.PSObject.Properties) {
        if (-not ($property.Name -clike 'ExceptIf*' -or $property.Name -ceq 'NotifyAllowOverride')) { continue }
        if (Test-Said $property.Value) { $exceptions[$property.Name] = (Get-Texts $property.Value) -join ', ' }
    }
    return @{
        Guid = [string] $Rule.Guid
        Name = [string] $Rule.Name
        Comment = [string] (Get-Value $Rule 'Comment')
        Policy = [string] (Get-Value $Rule 'Policy')
        ParentPolicyName = [string] (Get-Value $Rule 'ParentPolicyName')
        Mode = [string] (Get-Value $Rule 'Mode')
        Disabled = [bool] (Get-Value $Rule 'Disabled')
        AdvancedRule = [string] (Get-Value $Rule 'AdvancedRule')
        RestrictAccess = Get-Texts (Get-Value $Rule 'RestrictAccess')
        Exceptions = $exceptions
    }
}

function Get-PackageRow {
    # The bytes of a package of aipol's alone: Microsoft's own are large.
    param($Package)
    $bytes = [byte[]] $Package.SerializedClassificationRuleCollection
    $data = ''
    if ([System.Text.Encoding]::Unicode.GetString($bytes) -cmatch 'aipol:' -or [System.Text.Encoding]::UTF8.GetString($bytes) -cmatch 'aipol:') {
        $data = [System.Convert]::ToBase64String($bytes)
    }
    return @{ Identity = [string] $Package.Identity; Data = $data }
}

function Get-TenantId {
    # The tenant of the one connection to Security & Compliance PowerShell.
    $ids = @{}
    foreach ($connection in @(Get-ConnectionInformation)) {
        if ($connection.ConnectionUri -like '*compliance*') { $ids[([string] $connection.TenantID).ToLowerInvariant()] = $true }
    }
    if ($ids.Count -ne 1) { throw 'there must be one connection, made with Connect-IPPSSession' }
    return @($ids.Keys)[0]
}

function Get-State {
    # An unknown identity makes Get-DlpCompliancePolicy return every policy: so ask for all.
    $policies = @()
    foreach ($policy in @(Get-DlpCompliancePolicy)) { if ($null -ne $policy) { $policies += (Get-PolicyRow $policy) } }
    $rules = @()
    foreach ($rule in @(Get-DlpComplianceRule)) { if ($null -ne $rule) { $rules += (Get-RuleRow $rule) } }
    $packages = @()
    foreach ($package in @(Get-DlpSensitiveInformationTypeRulePackage)) { if ($null -ne $package) { $packages += (Get-PackageRow $package) } }
    $labels = @()
    foreach ($label in @(Get-Label)) { if ($null -ne $label) { $labels += ([string] $label.Guid).ToLowerInvariant() } }
    $types = @{}
    foreach ($type in @(Get-DlpSensitiveInformationType)) { if ($null -ne $type) { $types[([string] $type.Id).ToLowerInvariant()] = [string] $type.Name } }
    return @{
        schema = 'aipol.purview-state/1'
        tenant = Get-TenantId
        taken = [System.DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
        policies = $policies
        rules = $rules
        packages = $packages
        labels = $labels
        types = $types
    }
}
#endregion

if ($Connect) { Connect-IPPSSession }
$state = Get-State
$file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Out)
# Without a byte order mark, which Windows PowerShell would put before UTF-8 otherwise.
[System.IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject $state -Depth 20), [System.Text.UTF8Encoding]::new($false))
Write-Output ('{0}: {1} policies, {2} rules' -f $file, @($state.policies).Count, @($state.rules).Count)
