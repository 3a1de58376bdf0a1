-- aipol: response policy zones of com.acme. Load it with lua-config-file.
rpzFile('/etc/powerdns/aipol/segments/default/rpz.zone', {policyName='default.aipol.invalid'})
