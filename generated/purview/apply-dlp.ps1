<#
.SYNOPSIS
    Brings the DLP policies and rules beside this script to a Purview tenant.
.DESCRIPTION
    The script is the same for every organisation: all values are in policies.json, rules.json,
    index.json and, where there are patterns, sit-package.xml. It validates them, reads the tenant,
    prints a plan, and changes nothing unless -Apply is given (-WhatIf does nothing in Security &
    Compliance PowerShell). It touches only objects that carry the organisation's marker in their
    comment; an object of the same name without it is reported and left alone.

    Connect first with Connect-IPPSSession, or give -Connect. Runs in Windows PowerShell 5.1 and
    PowerShell 7. This file is ASCII on purpose.
.PARAMETER Path
    The folder with the files; the script's own when absent.
.PARAMETER Apply
    Write. Without it the plan is all there is.
.PARAMETER Enforce
    Allow writing policies whose mode is Enable. Simulate first.
.PARAMETER Again
    Write ours again although their comment says that they are as they should be: somebody edited
    them. What aipol apply prints has it where that is so.
.PARAMETER Prune
    Also remove our rules, policies and rule package that the files no longer have, and people from
    the scope of our policies whom the files no longer name.
.PARAMETER Connect
    Call Connect-IPPSSession, which asks for an account.
#>
[CmdletBinding()]
param(
    [string] $Path = $PSScriptRoot,
    [switch] $Apply,
    [switch] $Enforce,
    [switch] $Prune,
    [switch] $Again,
    [switch] $Connect
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Failed = 0
$MarkerPattern = '^aipol:(?<organization>[A-Za-z0-9.-]+)/(?<id>[a-z0-9._-]{1,38}/[0-9a-f]{12}(/[a-z]+)?) sha256:(?<digest>[0-9a-f]{16})$'
$NamePattern = '^aipol [a-z0-9._-]{1,38} [0-9a-f]{12}$'
$GuidPattern = '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'

function Read-JsonFile {
    param([string] $Name)
    $file = Join-Path -Path $Path -ChildPath $Name
    return ConvertFrom-Json -InputObject (Get-Content -LiteralPath $file -Raw -Encoding UTF8)
}

function Read-Locations {
    # Windows PowerShell gives a JSON array as one object: the variable makes it several.
    param($Policy)
    $entries = ConvertFrom-Json -InputObject $Policy.Locations
    return $entries
}

function Assert-That {
    param([bool] $Condition, [string] $Message)
    if (-not $Condition) { throw $Message }
}

function Assert-Keys {
    param($Value, [string[]] $Keys, [string] $Where)
    $found = @($Value.PSObject.Properties.Name)
    foreach ($key in $Keys) { Assert-That ($found -ccontains $key) ('{0}: {1} is missing' -f $Where, $key) }
    foreach ($key in $found) { Assert-That ($Keys -ccontains $key) ('{0}: {1} is not known' -f $Where, $key) }
}

function Get-Marker {
    # The marker in a comment as a hashtable, or nothing.
    param($Comment)
    if ([string] $Comment -cmatch $MarkerPattern) {
        return @{ organization = $Matches['organization']; id = $Matches['id']; digest = $Matches['digest'] }
    }
    return $null
}

function Assert-Policy {
    param($Policy, [string] $Organization)
    Assert-Keys $Policy @('Name', 'Comment', 'Mode', 'EnforcementPlanes', 'Locations') 'policies.json'
    Assert-That ($Policy.Name -cmatch $NamePattern) ('policies.json: {0} is not a name of ours' -f $Policy.Name)
    $marker = Get-Marker $Policy.Comment
    Assert-That ($null -ne $marker) ('policies.json: {0} has no marker' -f $Policy.Name)
    Assert-That ($marker.organization -ceq $Organization) ('policies.json: {0} is of another organisation' -f $Policy.Name)
    Assert-That (@('Enable', 'TestWithNotifications', 'TestWithoutNotifications') -ccontains $Policy.Mode) ('policies.json: mode {0}' -f $Policy.Mode)
    $planes = @($Policy.EnforcementPlanes)
    Assert-That ($planes.Count -eq 1 -and @('CopilotExperiences', 'Application') -ccontains $planes[0]) ('policies.json: planes of {0}' -f $Policy.Name)
    $locations = @(Read-Locations $Policy)
    Assert-That ($locations.Count -eq 1) ('policies.json: locations of {0}' -f $Policy.Name)
    Assert-That ($locations[0].Location -cmatch $GuidPattern) ('policies.json: location of {0}' -f $Policy.Name)
}

function Assert-Rule {
    param($Rule, [string] $Organization, [string[]] $PolicyNames)
    Assert-Keys $Rule @('Name', 'Policy', 'Comment', 'AdvancedRule', 'RestrictAccess') 'rules.json'
    Assert-That ($PolicyNames -ccontains $Rule.Policy) ('rules.json: {0} has no policy' -f $Rule.Name)
    $kinds = @(('{0} items' -f $Rule.Policy), ('{0} text' -f $Rule.Policy))
    Assert-That ($kinds -ccontains $Rule.Name) ('rules.json: {0} is not a name of ours' -f $Rule.Name)
    $marker = Get-Marker $Rule.Comment
    Assert-That ($null -ne $marker) ('rules.json: {0} has no marker' -f $Rule.Name)
    Assert-That ($marker.organization -ceq $Organization) ('rules.json: {0} is of another organisation' -f $Rule.Name)
    $null = ConvertFrom-Json -InputObject $Rule.AdvancedRule
    foreach ($restriction in @($Rule.RestrictAccess)) {
        Assert-Keys $restriction @('setting', 'value') 'rules.json: RestrictAccess'
        Assert-That (@('ExcludeContentProcessing', 'UploadText') -ccontains $restriction.setting) ('rules.json: setting {0}' -f $restriction.setting)
        Assert-That ($restriction.value -ceq 'Block') ('rules.json: value {0}' -f $restriction.value)
    }
}

function Assert-OnTenant {
    # A rule about a label or type that is not on the tenant matches nothing, and nobody would notice.
    param($Index, [string[]] $Custom)
    $labels = @{}
    foreach ($label in @(Get-Label)) { $labels[[string] $label.Guid] = $true }
    $types = @{}
    foreach ($type in @(Get-DlpSensitiveInformationType)) { $types[[string] $type.Id] = [string] $type.Name }
    foreach ($class in $Index.data_classes.PSObject.Properties) {
        $label = $class.Value.label
        Assert-That ($label -eq '' -or $labels.ContainsKey($label)) ('data class {0}: no label {1} on the tenant' -f $class.Name, $label)
        foreach ($type in @($class.Value.info_types)) {
            if ($Custom -contains $type.id) { continue }
            Assert-That ($types.ContainsKey($type.id)) ('data class {0}: no information type {1} {2} on the tenant' -f $class.Name, $type.id, $type.name)
            Assert-That ($types[$type.id] -eq $type.name) ('data class {0}: information type {1} is called {2} on the tenant, not {3}' -f $class.Name, $type.id, $types[$type.id], $type.name)
        }
    }
}

function Write-Step {
    param([string] $Verb, [string] $What)
    Write-Output ('{0,-9} {1}' -f $Verb, $What)
}

function Write-Failure {
    param([string] $What, $Problem)
    $script:Failed = $script:Failed + 1
    Write-Output ('{0,-9} {1}: {2}' -f 'FAILED', $What, $Problem)
}

function Get-Scope {
    # The people of our location in a policy's Locations, as text to compare.
    param($Locations, [string] $Location, [string] $List)
    $found = @()
    foreach ($text in @($Locations)) {
        $entries = $text
        if ($text -is [string]) { $entries = ConvertFrom-Json -InputObject $text }
        foreach ($entry in @($entries)) {
            # The service may give the Microsoft 365 Copilot location back under its other name.
            $same = ($entry.Location -eq $Location) -or
                ($Location -eq '470f2276-e011-4e9d-a6ec-20768be3a4b0' -and $entry.Location -eq 'Copilot.M365')
            if (-not $same) { continue }
            if (@($entry.PSObject.Properties.Name) -notcontains $List) { continue }
            foreach ($member in @($entry.$List)) {
                if ($null -ne $member) { $found += ('{0}|{1}' -f $member.Type, $member.Identity) }
            }
        }
    }
    return , $found
}

function Get-Members {
    param([string[]] $Keys)
    $members = @()
    foreach ($key in @($Keys)) {
        $type, $identity = $key -split '\|', 2
        $members += @{ Type = $type; Identity = $identity }
    }
    return , $members
}

function Get-LocationChange {
    # What to add to, and with -Prune to take from, the scope on the tenant; nothing when it is right.
    param($Policy, $Live)
    $wanted = @(Read-Locations $Policy)[0]
    $change = @{ Workload = 'Applications'; Location = $wanted.Location }
    foreach ($list in @('Inclusions', 'Exclusions')) {
        $ours = Get-Scope $Policy.Locations $wanted.Location $list
        $theirs = Get-Scope $Live.Locations $wanted.Location $list
        $add = @($ours | Where-Object { $theirs -notcontains $_ })
        $extra = @($theirs | Where-Object { $ours -notcontains $_ })
        if ($add.Count -gt 0) { $change[('Add{0}' -f $list)] = Get-Members $add }
        if ($extra.Count -gt 0 -and $Prune) { $change[('Remove{0}' -f $list)] = Get-Members $extra }
        foreach ($key in $extra) { Write-Step 'note' ('{0}: {1} has {2}, which the files do not name' -f $Policy.Name, $list, $key) | Out-Host }
    }
    if ($change.Count -eq 2) { return $null }
    return $change
}

function Set-OnePolicy {
    param($Policy, $Live)
    $mine = Get-Marker $Policy.Comment
    if ($null -eq $Live) {
        Write-Step 'create' $Policy.Name
        if (-not $Apply) { return }
        $new = @{
            Name = [string] $Policy.Name
            Comment = [string] $Policy.Comment
            Mode = [string] $Policy.Mode
            Locations = [string] $Policy.Locations
            EnforcementPlanes = @($Policy.EnforcementPlanes)
        }
        $null = New-DlpCompliancePolicy @new
        return
    }
    $theirs = Get-Marker $Live.Comment
    if ($null -eq $theirs -or $theirs.id -cne $mine.id -or $theirs.organization -cne $mine.organization) {
        throw 'an object of this name is not ours; rename or remove it'
    }
    $change = Get-LocationChange $Policy $Live
    if (-not $Again -and $theirs.digest -ceq $mine.digest -and $null -eq $change -and [string] $Live.Mode -eq $Policy.Mode) {
        Write-Step 'same' $Policy.Name
        return
    }
    Write-Step 'update' $Policy.Name
    if (-not $Apply) { return }
    $set = @{ Identity = [string] $Policy.Name; Comment = [string] $Policy.Comment; Mode = [string] $Policy.Mode }
    if ($Again) { $set['EnforcementPlanes'] = @($Policy.EnforcementPlanes) }
    if ($null -ne $change) { $set['Locations'] = ConvertTo-Json -InputObject @($change) -Depth 20 -Compress }
    $null = Set-DlpCompliancePolicy @set
}

function Test-Said {
    # Whether a property says anything: most of a rule's properties are empty or false.
    param($Value)
    if ($null -eq $Value -or $Value -eq $false) { return $false }
    return (@('', 'None') -notcontains [string] $Value) -and (@($Value).Count -gt 0)
}

function Get-ExceptionNames {
    # What lets something through again that the rule keeps back; ours have none.
    param($Live)
    $names = @()
    foreach ($property in $Live.PSObject.Properties) {
        if (-not ($property.Name -clike 'ExceptIf*' -or $property.Name -ceq 'NotifyAllowOverride')) { continue }
        if (Test-Said $property.Value) { $names += $property.Name }
    }
    return , $names
}

function Set-OneRule {
    param($Rule, $Live)
    $mine = Get-Marker $Rule.Comment
    $restrictions = @()
    foreach ($restriction in @($Rule.RestrictAccess)) {
        $restrictions += @{ setting = [string] $restriction.setting; value = [string] $restriction.value }
    }
    $values = @{
        Comment = [string] $Rule.Comment
        AdvancedRule = [string] $Rule.AdvancedRule
        RestrictAccess = $restrictions
    }
    if ($null -eq $Live) {
        Write-Step 'create' $Rule.Name
        if (-not $Apply) { return }
        $values['Name'] = [string] $Rule.Name
        $values['Policy'] = [string] $Rule.Policy
        $null = New-DlpComplianceRule @values
        return
    }
    if ([string] $Live.Mode -eq 'PendingDeletion') {
        throw 'a rule of this name is still being deleted; run again later'
    }
    $theirs = Get-Marker $Live.Comment
    if ($null -eq $theirs -or $theirs.id -cne $mine.id -or $theirs.organization -cne $mine.organization) {
        throw 'an object of this name is not ours; rename or remove it'
    }
    $exceptions = Get-ExceptionNames $Live
    if (-not $Again -and $theirs.digest -ceq $mine.digest -and -not $Live.Disabled -and $exceptions.Count -eq 0) {
        Write-Step 'same' $Rule.Name
        return
    }
    Write-Step 'update' $Rule.Name
    if (-not $Apply) { return }
    $values['Identity'] = [string] $Rule.Name
    $values['Disabled'] = $false
    foreach ($name in $exceptions) { $values[$name] = $null }
    # Some tenants refuse a change of AdvancedRule: then remove the rule, wait, and run again.
    $null = Set-DlpComplianceRule @values
}

function Get-PackageXml {
    # What a rule package holds.
    param($Package)
    $document = [System.Xml.XmlDocument]::new()
    $document.XmlResolver = $null
    $stream = [System.IO.MemoryStream]::new([byte[]] $Package.SerializedClassificationRuleCollection)
    $document.Load($stream)
    return , $document
}

function Set-Package {
    # Upload the custom information types under a version above the tenant's; returns their GUIDs.
    $file = Join-Path -Path $Path -ChildPath 'sit-package.xml'
    $ids = @()
    if (-not (Test-Path -LiteralPath $file)) { return , $ids }
    $document = [System.Xml.XmlDocument]::new()
    $document.XmlResolver = $null
    $document.Load($file)
    foreach ($entity in $document.RulePackage.Rules.Entity) { $ids += ([string] $entity.id).ToLowerInvariant() }
    $digest = [string] $document.RulePackage.RulePack.Details.LocalizedDetails.Description
    $identity = [string] $document.RulePackage.RulePack.id
    $live = $null
    foreach ($package in @(Get-DlpSensitiveInformationTypeRulePackage)) {
        $other = Get-PackageXml $package
        if ([string] $other.RulePackage.RulePack.id -eq $identity) { $live = $other }
    }
    if (-not $Again -and $null -ne $live -and [string] $live.RulePackage.RulePack.Details.LocalizedDetails.Description -ceq $digest) {
        Write-Step 'same' 'sit-package.xml' | Out-Host
        return , $ids
    }
    if ($null -eq $live) { Write-Step 'create' 'sit-package.xml' | Out-Host } else { Write-Step 'update' 'sit-package.xml' | Out-Host }
    if (-not $Apply) { return , $ids }
    if ($null -ne $live) {
        $version = [int] $live.RulePackage.RulePack.Version.revision + 1
        $document.RulePackage.RulePack.Version.SetAttribute('revision', [string] $version)
    }
    $settings = [System.Xml.XmlWriterSettings]::new()
    $settings.Encoding = [System.Text.Encoding]::Unicode
    $memory = [System.IO.MemoryStream]::new()
    $writer = [System.Xml.XmlWriter]::Create($memory, $settings)
    $document.Save($writer)
    $writer.Dispose()
    $upload = @{ FileData = $memory.ToArray() }
    if ($null -eq $live) {
        $null = New-DlpSensitiveInformationTypeRulePackage @upload
    } else {
        $null = Set-DlpSensitiveInformationTypeRulePackage @upload
    }
    return , $ids
}

function Remove-Stale {
    # Ours on the tenant, but no longer in the files.
    param($Policies, $Rules, $LivePolicies, $LiveRules, [string] $Organization)
    foreach ($rule in $LiveRules) {
        $marker = Get-Marker $rule.Comment
        if ($null -eq $marker -or $marker.organization -cne $Organization) { continue }
        if (@($Rules | Where-Object { $_.Name -eq $rule.Name }).Count -gt 0) { continue }
        Write-Step 'stale' $rule.Name
        if ($Apply -and $Prune) { $null = Remove-DlpComplianceRule -Identity ([string] $rule.Name) -Confirm:$false }
    }
    foreach ($policy in $LivePolicies) {
        $marker = Get-Marker $policy.Comment
        if ($null -eq $marker -or $marker.organization -cne $Organization) { continue }
        if (@($Policies | Where-Object { $_.Name -eq $policy.Name }).Count -gt 0) { continue }
        Write-Step 'stale' $policy.Name
        if ($Apply -and $Prune) { $null = Remove-DlpCompliancePolicy -Identity ([string] $policy.Name) -Confirm:$false }
    }
}

function Remove-StalePackage {
    # Our rule package, where the files have none any more.
    param([string] $Organization)
    if (Test-Path -LiteralPath (Join-Path -Path $Path -ChildPath 'sit-package.xml')) { return }
    $mark = 'aipol:{0}/information-types sha256:' -f $Organization
    foreach ($package in @(Get-DlpSensitiveInformationTypeRulePackage)) {
        # As text: others' packages need not have a description.
        if (-not (Get-PackageXml $package).InnerXml.Contains($mark)) { continue }
        Write-Step 'stale' ([string] $package.Identity)
        if ($Apply -and $Prune) { $null = Remove-DlpSensitiveInformationTypeRulePackage -Identity ([string] $package.Identity) -Confirm:$false }
    }
}

$index = Read-JsonFile 'index.json'
$policies = @(Read-JsonFile 'policies.json' | ForEach-Object { $_ })
$rules = @(Read-JsonFile 'rules.json' | ForEach-Object { $_ })
$organization = [string] $index.organization
foreach ($policy in $policies) { Assert-Policy $policy $organization }
foreach ($rule in $rules) { Assert-Rule $rule $organization @($policies | ForEach-Object { $_.Name }) }
$enforcing = @($policies | Where-Object { $_.Mode -ceq 'Enable' })
if ($Apply -and -not $Enforce) {
    Assert-That ($enforcing.Count -eq 0) 'the policies are in mode Enable: give -Enforce once the simulation looks right'
}

if ($Connect) { Connect-IPPSSession }

# An unknown identity makes Get-DlpCompliancePolicy return every policy: so ask for all, and choose.
$livePolicies = @(Get-DlpCompliancePolicy)
$liveRules = @(Get-DlpComplianceRule)
$custom = Set-Package
Assert-OnTenant $index $custom

foreach ($policy in $policies) {
    try {
        Set-OnePolicy $policy ($livePolicies | Where-Object { $_.Name -eq $policy.Name } | Select-Object -First 1)
    } catch {
        Write-Failure $policy.Name $_
    }
}
foreach ($rule in $rules) {
    try {
        Set-OneRule $rule ($liveRules | Where-Object { $_.Name -eq $rule.Name } | Select-Object -First 1)
    } catch {
        Write-Failure $rule.Name $_
    }
}
if ($script:Failed -eq 0) {
    Remove-Stale $policies $rules $livePolicies $liveRules $organization
    Remove-StalePackage $organization
} else {
    Write-Step 'note' 'something failed: nothing stale was looked for'
}
if (-not $Apply) { Write-Step 'note' 'this was the plan; -Apply carries it out' }
if ($script:Failed -gt 0) { exit 1 }
