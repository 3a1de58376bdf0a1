"""What Microsoft Graph's metadata says of Intune's types, as lines that `schema` reads.

`NAME(BASE) abstract beta`, then a line for each property: `beta` for what v1.0 lacks, `nav` for a
navigation property, the name, the type; `!` says that it may not be null, and `~` stands for
`deviceManagementConfiguration`. Properties are those of
microsoftgraph/msgraph-metadata f54f11b6 schemas/v1.0-Prod.csdl (2026-08-20) and, for beta, of the
models in msgraph-beta-sdk 1.66.0. Only navigation properties that are served here are listed.
"""

POLICIES = """
entity abstract
  id String!
deviceCompliancePolicy(entity) abstract
  createdDateTime DateTimeOffset!
  description String
  displayName String!
  lastModifiedDateTime DateTimeOffset!
  beta roleScopeTagIds Collection(String)
  version Int32!
  nav assignments Collection(deviceCompliancePolicyAssignment)
  nav scheduledActionsForRule Collection(deviceComplianceScheduledActionForRule)
deviceCompliancePolicyAssignment(entity)
  beta source deviceAndAppManagementAssignmentSource!
  beta sourceId String
  target deviceAndAppManagementAssignmentTarget
deviceAndAppManagementAssignmentTarget abstract
  beta deviceAndAppManagementAssignmentFilterId String
  beta deviceAndAppManagementAssignmentFilterType deviceAndAppManagementAssignmentFilterType!
deviceComplianceScheduledActionForRule(entity)
  ruleName String
  nav scheduledActionConfigurations Collection(deviceComplianceActionItem)
deviceComplianceActionItem(entity)
  actionType deviceComplianceActionType!
  gracePeriodHours Int32!
  notificationMessageCCList Collection(String)
  notificationTemplateId String
windows10CompliancePolicy(deviceCompliancePolicy)
  beta activeFirewallRequired Boolean!
  beta antiSpywareRequired Boolean!
  beta antivirusRequired Boolean!
  bitLockerEnabled Boolean!
  codeIntegrityEnabled Boolean!
  beta configurationManagerComplianceRequired Boolean!
  beta defenderEnabled Boolean!
  beta defenderVersion String
  beta deviceCompliancePolicyScript deviceCompliancePolicyScript
  beta deviceThreatProtectionEnabled Boolean!
  beta deviceThreatProtectionRequiredSecurityLevel deviceThreatProtectionLevel!
  earlyLaunchAntiMalwareDriverEnabled Boolean!
  beta firmwareProtectionEnabled Boolean
  beta kernelDmaProtectionEnabled Boolean
  beta memoryIntegrityEnabled Boolean
  mobileOsMaximumVersion String
  mobileOsMinimumVersion String
  osMaximumVersion String
  osMinimumVersion String
  passwordBlockSimple Boolean!
  passwordExpirationDays Int32
  passwordMinimumCharacterSetCount Int32
  passwordMinimumLength Int32
  passwordMinutesOfInactivityBeforeLock Int32
  passwordPreviousPasswordBlockCount Int32
  passwordRequired Boolean!
  passwordRequiredToUnlockFromIdle Boolean!
  passwordRequiredType requiredPasswordType!
  requireHealthyDeviceReport Boolean!
  beta rtpEnabled Boolean!
  secureBootEnabled Boolean!
  beta signatureOutOfDate Boolean!
  storageRequireEncryption Boolean!
  beta tpmRequired Boolean!
  beta validOperatingSystemBuildRanges Collection(operatingSystemVersionRange)
  beta virtualizationBasedSecurityEnabled Boolean
  beta wslDistributions Collection(wslDistributionConfiguration)
deviceCompliancePolicyScript beta
  deviceComplianceScriptId String
  rulesContent Binary
  runIntervalInMinutes Int
operatingSystemVersionRange beta
  description String!
  highestVersion String!
  lowestVersion String!
wslDistributionConfiguration beta
  distribution String
  maximumOSVersion String
  minimumOSVersion String
macOSCompliancePolicy(deviceCompliancePolicy)
  beta advancedThreatProtectionRequiredSecurityLevel deviceThreatProtectionLevel!
  beta deviceCompliancePolicyScript deviceCompliancePolicyScript
  deviceThreatProtectionEnabled Boolean!
  deviceThreatProtectionRequiredSecurityLevel deviceThreatProtectionLevel!
  firewallBlockAllIncoming Boolean!
  firewallEnableStealthMode Boolean!
  firewallEnabled Boolean!
  beta gatekeeperAllowedAppSource macOSGatekeeperAppSources!
  beta osMaximumBuildVersion String
  osMaximumVersion String
  beta osMinimumBuildVersion String
  osMinimumVersion String
  passwordBlockSimple Boolean!
  passwordExpirationDays Int32
  passwordMinimumCharacterSetCount Int32
  passwordMinimumLength Int32
  passwordMinutesOfInactivityBeforeLock Int32
  passwordPreviousPasswordBlockCount Int32
  passwordRequired Boolean!
  passwordRequiredType requiredPasswordType!
  storageRequireEncryption Boolean!
  systemIntegrityProtectionEnabled Boolean!
deviceComplianceScript(entity) beta
  createdDateTime DateTimeOffset!
  description String
  detectionScriptContent Binary
  displayName String
  enforceSignatureCheck Boolean!
  lastModifiedDateTime DateTimeOffset!
  platform deviceComplianceScriptPlatformType
  publisher String
  roleScopeTagIds Collection(String)
  runAs32Bit Boolean!
  runAsAccount runAsAccountType!
  version String
  nav assignments Collection(deviceHealthScriptAssignment)
deviceHealthScriptAssignment(entity) beta
  runRemediationScript Boolean!
  runSchedule deviceHealthScriptRunSchedule
  target deviceAndAppManagementAssignmentTarget
deviceHealthScriptRunSchedule abstract beta
  interval Int32!
deviceConfiguration(entity) abstract
  createdDateTime DateTimeOffset!
  description String
  beta deviceManagementApplicabilityRuleDeviceMode deviceManagementApplicabilityRuleDeviceMode
  beta deviceManagementApplicabilityRuleOsEdition deviceManagementApplicabilityRuleOsEdition
  beta deviceManagementApplicabilityRuleOsVersion deviceManagementApplicabilityRuleOsVersion
  displayName String!
  lastModifiedDateTime DateTimeOffset!
  beta roleScopeTagIds Collection(String)
  beta supportsScopeTags Boolean!
  version Int32!
  nav assignments Collection(deviceConfigurationAssignment)
deviceManagementApplicabilityRuleDeviceMode beta
  deviceMode windows10DeviceModeType!
  name String
  ruleType deviceManagementApplicabilityRuleType!
deviceManagementApplicabilityRuleOsEdition beta
  name String
  osEditionTypes Collection(windows10EditionType)!
  ruleType deviceManagementApplicabilityRuleType!
deviceManagementApplicabilityRuleOsVersion beta
  maxOSVersion String
  minOSVersion String
  name String
  ruleType deviceManagementApplicabilityRuleType!
deviceConfigurationAssignment(entity)
  beta intent deviceConfigAssignmentIntent
  beta source deviceAndAppManagementAssignmentSource!
  beta sourceId String
  target deviceAndAppManagementAssignmentTarget
windows10CustomConfiguration(deviceConfiguration)
  omaSettings Collection(omaSetting)
omaSetting abstract
  description String
  displayName String!
  beta isEncrypted Boolean!
  omaUri String!
  beta secretReferenceValueId String
macOSCustomConfiguration(deviceConfiguration)
  beta deploymentChannel appleDeploymentChannel!
  payload Binary!
  payloadFileName String
  payloadName String!
omaSettingInteger(omaSetting)
  beta isReadOnly Boolean!
  value Int32!
omaSettingString(omaSetting)
  value String!
omaSettingStringXml(omaSetting)
  fileName String
  value Binary!
omaSettingBase64(omaSetting)
  fileName String
  value String!
omaSettingBoolean(omaSetting)
  value Boolean!
omaSettingFloatingPoint(omaSetting)
  value Single!
omaSettingDateTime(omaSetting)
  value DateTimeOffset!
"""

ASSIGNMENTS = """
deviceManagementConfigurationPolicyAssignment(entity) beta
  source deviceAndAppManagementAssignmentSource!
  sourceId String
  target deviceAndAppManagementAssignmentTarget
groupAssignmentTarget(deviceAndAppManagementAssignmentTarget)
  groupId String
exclusionGroupAssignmentTarget(groupAssignmentTarget)
allDevicesAssignmentTarget(deviceAndAppManagementAssignmentTarget)
allLicensedUsersAssignmentTarget(deviceAndAppManagementAssignmentTarget)
configurationManagerCollectionAssignmentTarget(deviceAndAppManagementAssignmentTarget)
  collectionId String
"""

CATALOG = """
~Policy(entity) beta
  createdDateTime DateTimeOffset!
  creationSource String
  description String
  disableEntraGroupPolicyAssignment Boolean
  isAssigned Boolean!
  lastModifiedDateTime DateTimeOffset!
  name String
  platforms ~Platforms!
  priorityMetaData deviceManagementPriorityMetaData
  roleScopeTagIds Collection(String)
  settingCount Int32!
  technologies ~Technologies!
  templateReference ~PolicyTemplateReference
  nav assignments Collection(~PolicyAssignment)
  nav settings Collection(~Setting)
deviceManagementPriorityMetaData beta
  priority Int
~PolicyTemplateReference beta
  templateDisplayName String
  templateDisplayVersion String
  templateFamily ~TemplateFamily!
  templateId String
~Setting(entity) beta
  settingInstance ~SettingInstance!
~SettingInstance abstract beta
  settingDefinitionId String!
  settingInstanceTemplateReference ~SettingInstanceTemplateReference
~SettingInstanceTemplateReference beta
  settingInstanceTemplateId String!
~ChoiceSettingCollectionInstance(~SettingInstance) beta
  choiceSettingCollectionValue Collection(~ChoiceSettingValue)!
~SettingValue abstract beta
  settingValueTemplateReference ~SettingValueTemplateReference
~SettingValueTemplateReference beta
  settingValueTemplateId String!
  useTemplateDefault Boolean!
~GroupSettingValue(~SettingValue) beta
  children Collection(~SettingInstance)
~SimpleSettingValue(~SettingValue) abstract beta
~IntegerSettingValue(~SimpleSettingValue) beta
  value Int32!
~SecretSettingValue(~SimpleSettingValue) beta
  value String
  valueState ~SecretSettingValueState!
~StringSettingValue(~SimpleSettingValue) beta
  value String
~ReferenceSettingValue(~StringSettingValue) beta
  note String
~ChoiceSettingValue(~SettingValue) beta
  children Collection(~SettingInstance)
  value String
~ChoiceSettingInstance(~SettingInstance) beta
  choiceSettingValue ~ChoiceSettingValue!
~GroupSettingCollectionInstance(~SettingInstance) beta
  groupSettingCollectionValue Collection(~GroupSettingValue)!
~GroupSettingInstance(~SettingInstance) beta
  groupSettingValue ~GroupSettingValue!
~SettingGroupCollectionInstance(~SettingInstance) beta
~SettingGroupInstance(~SettingInstance) beta
~SimpleSettingCollectionInstance(~SettingInstance) beta
  simpleSettingCollectionValue Collection(~SimpleSettingValue)!
~SimpleSettingInstance(~SettingInstance) beta
  simpleSettingValue ~SimpleSettingValue!
"""

# An enumeration a line, with its members; one that goes on is indented. Flags may be combined.
ENUMS = """
appleDeploymentChannel deviceChannel userChannel unknownFutureValue
deviceAndAppManagementAssignmentFilterType none include exclude
deviceAndAppManagementAssignmentSource direct policySets
deviceComplianceActionType noAction notification block retire wipe removeResourceAccessProfiles
  pushNotification remoteLock
deviceComplianceScriptPlatformType windows10 linux macOS unknownFutureValue
deviceConfigAssignmentIntent apply remove
deviceManagementApplicabilityRuleType include exclude
deviceManagementConfigurationPlatforms flags none android iOS macOS windows10X windows10 linux
  unknownFutureValue androidEnterprise aosp visionOS tvOS
deviceManagementConfigurationSecretSettingValueState invalid notEncrypted encryptedValueToken
deviceManagementConfigurationTechnologies flags none mdm windows10XManagement configManager
  intuneManagementExtension thirdParty documentGateway appleRemoteManagement microsoftSense
  exchangeOnline mobileApplicationManagement linuxMdm enrollment endpointPrivilegeManagement
  unknownFutureValue windowsOsRecovery android intuneOpenExtensibility
deviceManagementConfigurationTemplateFamily none endpointSecurityAntivirus
  endpointSecurityDiskEncryption endpointSecurityFirewall
  endpointSecurityEndpointDetectionAndResponse endpointSecurityAttackSurfaceReduction
  endpointSecurityAccountProtection endpointSecurityApplicationControl
  endpointSecurityEndpointPrivilegeManagement enrollmentConfiguration appQuietTime baseline
  unknownFutureValue deviceConfigurationScripts deviceConfigurationPolicies
  windowsOsRecoveryPolicies companyPortal windowsRecoveryAndRemediationConfiguration
  maintenanceWindows
deviceThreatProtectionLevel unavailable secured low medium high notSet
macOSGatekeeperAppSources notConfigured macAppStore macAppStoreAndIdentifiedDevelopers anywhere
requiredPasswordType deviceDefault alphanumeric numeric
runAsAccountType system user
windows10DeviceModeType standardConfiguration sModeConfiguration
windows10EditionType windows10Enterprise windows10EnterpriseN windows10Education
  windows10EducationN windows10MobileEnterprise windows10HolographicEnterprise
  windows10Professional windows10ProfessionalN windows10ProfessionalEducation
  windows10ProfessionalEducationN windows10ProfessionalWorkstation
  windows10ProfessionalWorkstationN notConfigured windows10Home windows10HomeChina
  windows10HomeN windows10HomeSingleLanguage windows10Mobile windows10IoTCore
  windows10IoTCoreCommercial
"""
