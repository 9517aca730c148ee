# Installs what the engines need and builds weft. Read by scripts/cluster-test.

# Beside the builds, so that a second run finds it.
environment=$root/.build-cluster
# command, Debian package, engine
needs='
slurmctld  slurm-wlm       slurm
slurmd     slurm-wlm       slurm
munged     munge           slurm
parallel   parallel        parallel
python3    python3-venv    models
'

install_engines() {
  local command package engine missing=()
  if [ "$(id -u)" != 0 ]; then
    echo "cluster-test: Slurm's daemons start jobs as their users: run this as root" >&2
    return 1
  fi
  while read -r command package engine; do
    [ -n "$command" ] || continue
    command -v "$command" >/dev/null || missing+=("$package")
  done <<<"$needs"
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  fi
  if wants snakemake || wants kubernetes; then install_python; fi
}

install_python() {
  local packages=(snakemake kubernetes-validate snakemake-executor-plugin-slurm)
  if [ ! -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
  if [ ! -e "$environment/complete" ]; then
    # The plugin is not for every Python: without it, Snakemake on Slurm is left out.
    "$environment/bin/pip" install --quiet "${packages[@]}" ||
      "$environment/bin/pip" install --quiet "${packages[@]:0:2}"
    touch "$environment/complete"
  fi
}

build_weft() {
  if [ -z "${WEFT:-}" ]; then
    "$root/scripts/setup"
    swift build --package-path "$root" -c release --product weft
  fi
}

weft=$(realpath "${WEFT:-$root/.build/release/weft}" 2>/dev/null || echo "${WEFT:-$root/.build/release/weft}")
