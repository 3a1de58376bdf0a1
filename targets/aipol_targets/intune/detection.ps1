# aipol program detection, version 1.
# Prints one JSON object with a key for each setting of the compliance rules. Its value is "none", or
# "found: " and the names of the programs that are installed or running. Nothing is changed.
$ErrorActionPreference = 'Stop'

# Base64 of JSON: what to look for. It is data; no part of it is ever run.
$encoded = '@DATA@'
$json = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($encoded))
$wanted = ConvertFrom-Json -InputObject $json

function New-NameSet {
    $comparer = [System.StringComparer]::OrdinalIgnoreCase
    return , (New-Object 'System.Collections.Generic.HashSet[string]' -ArgumentList $comparer)
}

$executables = New-NameSet
$families = New-NameSet
$products = New-NameSet

foreach ($process in Get-Process) {
    [void]$executables.Add($process.ProcessName + '.exe')
}

foreach ($package in Get-AppxPackage -AllUsers) {
    [void]$families.Add($package.PackageFamilyName)
}

# Programs are installed for the machine, or for each person whose registry is loaded.
$roots = @('Registry::HKEY_LOCAL_MACHINE\SOFTWARE', 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node')
foreach ($person in Get-ChildItem -LiteralPath 'Registry::HKEY_USERS' -ErrorAction SilentlyContinue) {
    $roots += 'Registry::' + $person.Name + '\SOFTWARE'
}
foreach ($root in $roots) {
    $uninstall = $root + '\Microsoft\Windows\CurrentVersion\Uninstall'
    foreach ($entry in Get-ChildItem -LiteralPath $uninstall -ErrorAction SilentlyContinue) {
        [void]$products.Add($entry.PSChildName)
        $icon = [string]$entry.GetValue('DisplayIcon')
        if ($icon -match '([^\\/:"]+\.exe)') {
            [void]$executables.Add($Matches[1])
        }
    }
    $paths = $root + '\Microsoft\Windows\CurrentVersion\App Paths'
    foreach ($entry in Get-ChildItem -LiteralPath $paths -ErrorAction SilentlyContinue) {
        [void]$executables.Add($entry.PSChildName)
    }
}

function Test-Any($names, $values) {
    foreach ($value in $values) {
        if ($names.Contains([string]$value)) { return $true }
    }
    return $false
}

$result = [ordered]@{}
foreach ($setting in $wanted.settings) {
    $found = @()
    foreach ($app in $setting.apps) {
        $hit = (Test-Any $executables $app.exe) -or (Test-Any $families $app.family) -or
            (Test-Any $products $app.product)
        if ($hit) { $found += [string]$app.name }
    }
    $value = 'none'
    if ($found.Count -gt 0) { $value = 'found: ' + ($found -join ', ') }
    $result[[string]$setting.name] = $value
}
return $result | ConvertTo-Json -Compress
