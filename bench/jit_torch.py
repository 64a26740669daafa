# The models of the jit's bench in PyTorch, eager: one epoch for each line that it reads. The weights come from
# TensorFlow.js, the thread count is the better of one and all. Denormal numbers are 0, which is not PyTorch's default and
# makes the dense model a third faster on Intel's processors (src/jit/denormals.ts says why).
import json, os, resource, sys, time
import torch
from torch import nn
from torch.nn import functional as F

torch.set_flush_denormal(True)
spec = json.loads(sys.stdin.readline())
kind, batch = spec["kind"], spec["batch"]
x = torch.frombuffer(bytearray(open(spec["data"], "rb").read()), dtype=torch.float32).reshape(spec["rows"], *spec["shape"])
weights = []
values = torch.frombuffer(bytearray(open(spec["weights"], "rb").read()), dtype=torch.float32)
at = 0
for shape in spec["shapes"]:
    size = 1
    for each in shape:
        size *= each
    weights.append(values[at:at + size].reshape(shape).clone())
    at += size


def parameter(value):
    return nn.Parameter(value.contiguous())


def linear(at):
    layer = nn.Linear(*weights[at].shape)
    layer.weight, layer.bias = parameter(weights[at].t()), parameter(weights[at + 1])
    return layer


acts = dict(elu=nn.ELU, relu=nn.ReLU, sigmoid=nn.Sigmoid, linear=nn.Identity)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernels = nn.ParameterList([parameter(weights[2 * at].permute(3, 2, 0, 1)) for at in range(4)])
        self.biases = nn.ParameterList([parameter(weights[2 * at + 1]) for at in range(4)])

    def forward(self, x):  # TensorFlow's "same" for stride 2 pads below and to the right only
        x = x.permute(0, 3, 1, 2)
        for at in (0, 1):
            x = F.relu(F.conv2d(F.pad(x, (0, 1, 0, 1)), self.kernels[at], self.biases[at], stride=2))
        for at in (2, 3):
            x = F.conv_transpose2d(x, self.kernels[at], self.biases[at], stride=2)[:, :, :-1, :-1]
            x = F.relu(x) if at == 2 else torch.sigmoid(x)
        return x.permute(0, 2, 3, 1)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mean, self.log_variance, self.back, self.out = (linear(2 * at) for at in range(5))

    def forward(self, x):
        hidden = F.relu(self.hidden(x))
        self.m, self.s = self.mean(hidden), self.log_variance(hidden)
        z = self.m + torch.exp(0.5 * self.s) * torch.randn_like(self.m)
        return torch.sigmoid(self.out(F.relu(self.back(z))))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = self.cells(0), self.cells(3)
        self.out = linear(6)

    def cells(self, at):
        layer = nn.LSTM(weights[at].shape[0], 32, batch_first=True)
        layer.weight_ih_l0, layer.weight_hh_l0 = parameter(weights[at].t()), parameter(weights[at + 1].t())
        layer.bias_ih_l0 = parameter(weights[at + 2])
        layer.bias_hh_l0 = nn.Parameter(torch.zeros(128), requires_grad=False)  # TensorFlow has one bias
        return layer

    def forward(self, x):
        _, (code, _) = self.encoder(x)
        return self.out(self.decoder(code[0][:, None].expand(-1, x.shape[1], -1))[0])


if kind == "dense":
    parts = []
    for at, (_, act) in enumerate(spec["layers"]):
        parts += [linear(2 * at), acts[act]()]
    model = nn.Sequential(*parts)
else:
    model = dict(convolutional=Convolutional, vae=Vae, lstm=Lstm)[kind]()
adam = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.001, eps=1e-7)


def epoch():
    total = 0.0
    for at in range(0, len(x), batch):
        rows = x[at:at + batch]
        loss = F.mse_loss(model(rows), rows)
        if kind == "vae":
            loss = loss + 0.5 / 784 * (model.m ** 2 + model.s.exp() - model.s - 1).sum(1).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        total += loss.item() * len(rows)
    return total / len(x)


first = epoch()
best = {}
for threads in {1, os.cpu_count()}:
    torch.set_num_threads(threads)
    epoch()
    t = time.perf_counter()
    epoch()
    epoch()
    best[time.perf_counter() - t] = threads
threads = best[min(best)]
torch.set_num_threads(threads)
print(json.dumps(dict(loss=first, version=torch.__version__, threads=threads)), flush=True)
for line in sys.stdin:
    if line.startswith("memory"):
        print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), flush=True)
        continue
    t = time.perf_counter()
    epoch()
    print(json.dumps(1000 * (time.perf_counter() - t)), flush=True)
