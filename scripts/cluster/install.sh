# Installs what the engines need and builds weft. Read by scripts/cluster-test.

# Beside the builds, so that a second run finds it.
environment=$root/.build-cluster
# What each package gives, as a test that is true when it is there.
has_slurm() { command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v sbatch >/dev/null; }
has_munge() { command -v munged >/dev/null; }
has_parallel() { command -v parallel >/dev/null; }
has_venv() { python3 -c 'import ensurepip' 2>/dev/null; }

# test, Debian package
needs='
has_slurm     slurm-wlm
has_munge     munge
has_parallel  parallel
has_venv      python3-venv
'

install_engines() {
  local present package missing=()
  if [ "$(id -u)" != 0 ]; then
    echo "cluster-test: Slurm's daemons start jobs as their users: run this as root" >&2
    return 1
  fi
  while read -r present package; do
    if [ -n "$present" ] && ! "$present"; then missing+=("$package"); fi
  done <<<"$needs"
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" || return
  fi
  if wants snakemake || wants kubernetes; then install_python; fi
}

install_python() {
  local packages=(snakemake kubernetes-validate snakemake-executor-plugin-slurm)
  [ ! -e "$environment/complete" ] || return 0
  python3 -m venv "$environment" || return
  # The plugin is not for every Python: without it, Snakemake on Slurm is left out.
  "$environment/bin/pip" install --quiet "${packages[@]}" ||
    "$environment/bin/pip" install --quiet "${packages[@]:0:2}" || return
  touch "$environment/complete"
}

build_weft() {
  [ -z "${WEFT:-}" ] || return 0
  "$root/scripts/setup" && swift build --package-path "$root" -c release --product weft
}

weft=$(realpath "${WEFT:-$root/.build/release/weft}" 2>/dev/null || echo "${WEFT:-$root/.build/release/weft}")
