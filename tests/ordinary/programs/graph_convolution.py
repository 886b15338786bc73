import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class GraphConvolution(nn.Module):
    """Simple GCN layer, similar to https://arxiv.org/abs/1609.02907"""

    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        if self.bias is not None:
            return output + self.bias
        else:
            return output

    def __repr__(self):
        return self.__class__.__name__ + ' (' + str(self.in_features) + ' -> ' + str(self.out_features) + ')'


indices = torch.tensor([[0, 0, 1, 2], [0, 1, 2, 0]])
adj = torch.sparse_coo_tensor(indices, torch.ones(4), (3, 3)).coalesce()
gc1, gc2 = GraphConvolution(4, 3), GraphConvolution(3, 2)
x = torch.eye(3, 4)
out = F.log_softmax(gc2(F.dropout(F.relu(gc1(x, adj)), 0.5, training=False), adj), dim=1)
F.nll_loss(out, torch.tensor([0, 1, 1])).backward()
print(gc1, out, gc1.weight.grad.norm())
