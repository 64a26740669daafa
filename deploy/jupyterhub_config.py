# JupyterHub for a class: each learner logs in and gets a server of their own, in which the TypeScript kernel runs.
#
#   jupyterhub -f jupyterhub_config.py
#
# What stands here fits one machine on which everybody may be trusted not to attack the others: a course's server in a
# school's network. Each learner's server is a process of the account of that name. Who lets strangers in takes a
# container for each learner; see the end of this file, Dockerfile beside it, and docs/teaching.md.
#
# Before the first start, as root:
#
#   npm install --global latent-lab && latent-lab kernel install --prefix /usr/local
#
# The test `npm run test:compat` starts a hub with this file and logs five users in at once.
import os

c = get_config()  # noqa: F821, given by JupyterHub

# Where the hub listens. Put a web server with HTTPS before it; never let passwords pass without.
c.JupyterHub.bind_url = os.environ.get("HUB_URL", "http://127.0.0.1:8000")

# Who may log in: the machine's accounts (PAM) unless you say otherwise. OAuthenticator takes a university's log-in.
# c.JupyterHub.authenticator_class = "oauthenticator.generic.GenericOAuthenticator"
# c.Authenticator.allowed_users = {"anna", "ben"}
# c.Authenticator.admin_users = {"lecturer"}

# The kernel that a new notebook gets, and how much of it one learner may have.
c.Spawner.environment = {
    # Two threads for a training: twenty learners share the machine.
    "OMP_NUM_THREADS": "2",
    # Kernelspecs that lie elsewhere than in the system's folders.
    "JUPYTER_PATH": os.environ.get("JUPYTER_PATH", ""),
}
# A learner's server with one kernel and TensorFlow.js takes about 0.5 GB (docs/teaching.md has what was measured).
# These limits are kept by spawners that can: systemdspawner, DockerSpawner, KubeSpawner.
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 2

# A server that takes longer to start than this, in seconds, is given up. Thirty at once take a while.
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# How many may start at the same moment; the others wait a little. A class begins at nine sharp.
c.JupyterHub.concurrent_spawn_limit = 10

# Servers that nobody uses are ended after an hour: pip install jupyterhub-idle-culler
# c.JupyterHub.services = [
#     {"name": "cull", "command": ["python3", "-m", "jupyterhub_idle_culler", "--timeout=3600"]},
# ]
# c.JupyterHub.load_roles = [
#     {"name": "cull", "services": ["cull"],
#      "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]},
# ]

# A container for each learner, made from the Dockerfile beside this file:
# c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
# c.DockerSpawner.image = "latent-lab-class"
# c.DockerSpawner.remove = True
# c.DockerSpawner.volumes = {"latent-lab-{username}": "/home/learner/work"}
# c.JupyterHub.hub_ip = "0.0.0.0"
