<#
.SYNOPSIS
    Does for aipol what it asks, one line of JSON at a time.
.DESCRIPTION
    aipol starts this script and writes to its standard input. Each line is a request: who is to be
    connected, that the tenant is to be read, or a change. Values are arguments and never become
    part of a command: which cmdlets there are is written below. Answers are the lines of the
    output that begin with aipol:, whatever else cmdlets say. This file is ASCII on purpose.
#>
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

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

function Connect-Tenant {
    # A password is on no command line: it comes in the request.
    param([hashtable] $Given)
    if ($Given.ContainsKey('CertificatePassword')) {
        $Given['CertificatePassword'] = ConvertTo-SecureString -String $Given['CertificatePassword'] -AsPlainText -Force
    }
    $null = Connect-IPPSSession @Given
    return @{ tenant = Get-TenantId }
}

function Get-Guid {
    param($Made)
    foreach ($each in @($Made)) { if ($null -ne $each -and $null -ne $each.PSObject.Properties['Guid']) { return [string] $each.Guid } }
    return ''
}

function Invoke-Change {
    param([string] $Call, [hashtable] $Given)
    if ($Given.ContainsKey('FileData')) { $Given['FileData'] = [System.Convert]::FromBase64String($Given['FileData']) }
    $made = $null
    switch -CaseSensitive ($Call) {
        'New-DlpCompliancePolicy' { $made = New-DlpCompliancePolicy @Given }
        'New-DlpComplianceRule' { $made = New-DlpComplianceRule @Given }
        'New-DlpSensitiveInformationTypeRulePackage' { $null = New-DlpSensitiveInformationTypeRulePackage @Given }
        'Set-DlpCompliancePolicy' { $null = Set-DlpCompliancePolicy @Given }
        'Set-DlpComplianceRule' { $null = Set-DlpComplianceRule @Given }
        'Set-DlpSensitiveInformationTypeRulePackage' { $null = Set-DlpSensitiveInformationTypeRulePackage @Given -Confirm:$false }
        'Remove-DlpCompliancePolicy' { $null = Remove-DlpCompliancePolicy @Given -Confirm:$false }
        'Remove-DlpComplianceRule' { $null = Remove-DlpComplianceRule @Given -Confirm:$false }
        'Remove-DlpSensitiveInformationTypeRulePackage' { $null = Remove-DlpSensitiveInformationTypeRulePackage @Given -Confirm:$false }
        default { throw 'aipol: no such call' }
    }
    return @{ guid = Get-Guid $made }
}

function Write-Answer {
    param([hashtable] $Answer)
    $json = ConvertTo-Json -InputObject $Answer -Depth 30 -Compress -EscapeHandling EscapeNonAscii
    [System.Console]::Out.WriteLine(('aipol:{0}' -f $json))
    [System.Console]::Out.Flush()
}

while ($null -ne ($line = [System.Console]::In.ReadLine())) {
    $request = ConvertFrom-Json -InputObject $line -AsHashtable
    try {
        $value = switch -CaseSensitive ($request['do']) {
            'connect' { Connect-Tenant $request['given'] }
            'read' { Get-State }
            'change' { Invoke-Change $request['call'] $request['given'] }
            default { throw 'aipol: no such request' }
        }
        Write-Answer @{ id = $request['id']; ok = $true; value = $value }
    } catch {
        Write-Answer @{ id = $request['id']; ok = $false; type = $_.Exception.GetType().Name; error = [string] $_.Exception.Message }
    }
}
