# What the launcher says while OneOwner starts, runs and stops. Printed with the other language.

api-answers = API
admin-token = administrator's token
admin-token-from-settings = from ONEOWNER_ADMIN_TOKEN
build-elsewhere = another start (process { $holder }) is building the Temporal server; waiting for it
build-failed = go install could not build the Temporal server: { $reason } (log: { $log })
building = Building the Temporal server once, about 5 minutes
child-died = { $child } ended ({ $exit }); starting it again in { $seconds } s
child-failed = { $child } ended itself { $times } times in a row (exit code { $exit }); its last lines say why
child-killed = { $child } did not stop within { $seconds } s; killing it
data-folder = data folder
download-failed = the SDK's download of the dev server failed: { $reason }
downloading = Downloading Temporal's dev server
folder-in-use = { $folder } is already used by process { $holder }. Stop that one, or choose another folder with --data-dir
no-temporal-server =
    No Temporal server could be found or made:
    { $reasons }
    Do one of these and start again:
      - install Go 1.26.8 or newer where the Go module proxy can be reached; the server is then built once
      - put a temporal CLI with server 1.32 or newer on PATH (https://docs.temporal.io/cli)
      - set TEMPORAL_ADDRESS to a Temporal server that runs elsewhere
route-closed = { $route }: { $reason }
running = OneOwner { $version } is running; Ctrl-C stops all of it
service-unreachable = nothing answers at { $address }: { $reason }. Is the service running? --api names another address
server-not-ready = the Temporal server does not answer after { $seconds } s: { $reason } (log: { $log })
still-working = still at it: { $steps } steps in { $seconds } s
stopped = all stopped
stopping = stopping
temporal-address = Temporal server
temporal-unreachable = no Temporal server answers at { $address } after { $seconds } s: { $reason }. Check TEMPORAL_ADDRESS, TLS and API key
using-cluster = using the Temporal server at { $address } (from TEMPORAL_ADDRESS or Temporal's configuration file)
using-server = using the Temporal server { $version } ({ $kind }) at { $path }
wrong-version = { $path } is { $found }, wanted { $wanted }
