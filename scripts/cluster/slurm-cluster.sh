# A Slurm of one controller and two nodes on this machine, apart from any other Slurm or munge on it: its own key, socket,
# ports and folders. Read by scripts/cluster-test.

slurm=$work/slurm-cluster
nodes=(n1 n2)
# Three ports that another run on this machine does not have; below those that the system gives to clients.
first_port=$((17000 + $$ % 4000 * 3))
daemons=()
declare -A daemon_of
export SLURM_CONF=$slurm/slurm.conf

# munged wants a key and a socket that only it can write; its clients must reach the socket.
start_munge() {
  chmod 711 "$work" "$slurm"
  head -c 64 /dev/urandom >"$slurm/munge.key"
  chmod 400 "$slurm/munge.key"
  munged --foreground --force --key-file "$slurm/munge.key" --socket "$slurm/munge.socket" --pid-file "$slurm/munged.pid" \
    --seed-file "$slurm/munge.seed" >"$slurm/munged.log" 2>&1 &
  daemons+=($!)
  wait_for 10 test -S "$slurm/munge.socket"
}

# A requeued job waits for its credential to expire: 10 seconds here instead of 120. A node that does not answer for 20 seconds
# is down, instead of after 300.
write_configuration() {
  local cores
  cores=$(nproc)
  cat >"$SLURM_CONF" <<CONF
ClusterName=weft
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
SlurmctldPort=$first_port
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdPidFile=$slurm/slurmd-%n.pid
SlurmdLogFile=$slurm/slurmd-%n.log
SlurmdSpoolDir=$slurm/spool-%n
StateSaveLocation=$slurm/state
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket,cred_expire=10
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SlurmdTimeout=20
ReturnToService=1
MpiDefault=none
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((first_port + 1)) CPUs=$cores RealMemory=8000
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((first_port + 2)) CPUs=$cores RealMemory=8000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
  mkdir -p "$slurm/state" "$slurm/spool-n1" "$slurm/spool-n2"
}

start_slurm() {
  local node
  mkdir -p "$slurm"
  write_configuration
  start_munge
  slurmctld -D -c >"$slurm/slurmctld.out" 2>&1 &
  daemons+=($!)
  for node in "${nodes[@]}"; do
    slurmd -D -N "$node" >"$slurm/slurmd-$node.out" 2>&1 &
    daemons+=($!)
    daemon_of[$node]=$!
  done
  wait_for 60 nodes_are_idle
}

nodes_are_idle() { [ "$(sinfo -h -N -o '%N %t' 2>/dev/null | grep -c ' idle$')" = ${#nodes[@]} ]; }

# The processes of a node's jobs: those with its name in their environment, and the slurmstepd that started them.
job_processes() {
  local environment process parent
  for environment in $(grep -lzxF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ 2>/dev/null |
    xargs -r grep -lzxF "SLURMD_NODENAME=$1" 2>/dev/null); do
    process=$(basename "$(dirname "$environment")")
    parent=$(awk '{ print $4 }' "/proc/$process/stat" 2>/dev/null || true)
    echo "$process"
    if [ "$(cat "/proc/$parent/comm" 2>/dev/null)" = slurmstepd ]; then echo "$parent"; fi
  done | sort -un
}

# Pulls a node's plug while it works: its daemon and its jobs are gone, and nothing is said to the controller.
kill_node() {
  wait_for 30 stop_jobs "$1" || return
  # shellcheck disable=SC2086
  kill -9 "${daemon_of[$1]}" $stopped
  wait "${daemon_of[$1]}" 2>/dev/null || true
}

# Halts the jobs of a node, so that none ends before it is killed.
stop_jobs() {
  stopped=$(job_processes "$1")
  # shellcheck disable=SC2086
  [ -n "$stopped" ] && kill -STOP $stopped
}

# Snakemake starts its jobs without the environment that names the configuration: it must be where Slurm looks by itself.
published=/etc/slurm/slurm.conf
publish_configuration() {
  [ ! -e "$published" ] || return
  mkdir -p "$(dirname "$published")"
  ln -sfn "$SLURM_CONF" "$published"
}

stop_slurm() {
  local node processes
  if [ "$(readlink "$published")" = "$SLURM_CONF" ]; then rm "$published"; fi
  [ ${#daemons[@]} -gt 0 ] || return 0
  scancel --user root --full 2>/dev/null || true
  for node in "${nodes[@]}"; do
    processes=$(job_processes "$node")
    # shellcheck disable=SC2086
    if [ -n "$processes" ]; then kill -9 $processes 2>/dev/null || true; fi
  done
  kill "${daemons[@]}" 2>/dev/null || true
  wait "${daemons[@]}" 2>/dev/null || true
  daemons=()
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local limit=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $limit ] || { echo "not after some time: $*" >&2; return 1; }
    sleep 0.5
  done
}
