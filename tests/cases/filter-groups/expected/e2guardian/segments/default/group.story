.Include</etc/e2guardian/examplef1.story>
# The first list that has the site decides; what is let through is left to the rest of the story.
function(aipol)
if(sitein,aipol-1-exact) return false
if(sitein,aipol-0-subtree) return setblock
if(true) return false
function(localcheckrequest)
if(true) return aipol
function(localsslrequestcheck)
if(true) return aipol
