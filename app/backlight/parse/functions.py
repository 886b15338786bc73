"""What the names of an expression may stand for: the functions that it may call, and where each is imported from.

Checked in, because parsing must not import torch; a test holds the lists against it. A name that torch and
torch.nn.functional both have is taken from where it takes the arguments that people write.
"""

from __future__ import annotations

from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """The names in a table that is written as text."""
    return frozenset(text.split())


TORCH = words(
    """
    abs absolute acos acosh adaptive_avg_pool1d add addbmm addcdiv addcmul addmm addmv addr adjoint all allclose
    amax amin aminmax angle any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort
    argwhere asin asinh atan atan2 atanh atleast_1d atleast_2d atleast_3d avg_pool1d baddbmm bartlett_window
    bernoulli bilinear bincount binomial bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
    bitwise_xor blackman_window block_diag bmm broadcast_tensors broadcast_to bucketize cartesian_prod cat cdist
    ceil channel_shuffle cholesky_solve chunk clamp clamp_max clamp_min clip clone column_stack combinations
    complex concat concatenate conj conj_physical conv1d conv2d conv3d conv_transpose1d conv_transpose2d
    conv_transpose3d copysign corrcoef cos cosh cosine_similarity count_nonzero cov cross cummax cummin cumprod
    cumsum cumulative_trapezoid deg2rad det detach diag diag_embed diagflat diagonal diagonal_scatter diff digamma
    dist div divide dot dsplit dstack einsum eq equal erf erfc erfinv exp exp2 expm1 eye feature_dropout fill fix
    flatten flip fliplr flipud float_power floor floor_divide fmax fmin fmod frac frexp frobenius_norm full
    full_like gather gcd ge gradient greater greater_equal gt hamming_window hann_window hardshrink heaviside
    histc histogram histogramdd hsplit hstack hypot i0 igamma igammac imag index_add index_fill index_put
    index_reduce index_select inner inverse isclose isfinite isin isinf isnan isneginf isposinf isreal istft
    kaiser_window kron kthvalue lcm ldexp le lerp less less_equal lgamma linspace log log10 log1p log2 logaddexp
    logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit logspace logsumexp lt
    masked_fill masked_scatter masked_select matmul matrix_exp matrix_power max maximum mean median meshgrid min
    minimum mm mode moveaxis movedim msort mul multinomial multiply mv mvlgamma nan_to_num nanmean nanmedian
    nanquantile nansum narrow ne neg negative nextafter nonzero norm normal not_equal nuclear_norm numel ones
    ones_like outer pairwise_distance pca_lowrank pdist permute pinverse pixel_shuffle pixel_unshuffle poisson
    polar polygamma positive pow prelu prod quantile rad2deg rand rand_like randint randint_like randn randn_like
    randperm ravel real reciprocal relu remainder renorm repeat_interleave reshape roll rot90 round row_stack
    rsqrt scatter scatter_add scatter_reduce searchsorted select select_scatter sgn sigmoid sign signbit sin sinc
    sinh slice_scatter slogdet softmax sort split sqrt square squeeze stack std std_mean stft sub subtract sum
    svd_lowrank swapaxes swapdims t take take_along_dim tan tanh tensor tensor_split tensordot tile topk trace
    transpose trapezoid trapz tril tril_indices triu triu_indices true_divide trunc unbind unflatten unique
    unique_consecutive unravel_index unsqueeze vander var var_mean vdot view_as_complex view_as_real vsplit vstack
    where xlogy zeros zeros_like
    """
)
"""Public functions of ``torch``."""

FUNCTIONAL = words(
    """
    adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d affine_grid
    alpha_dropout avg_pool2d avg_pool3d batch_norm binary_cross_entropy binary_cross_entropy_with_logits celu
    cosine_embedding_loss cross_entropy ctc_loss dropout dropout1d dropout2d dropout3d elu embedding embedding_bag
    feature_alpha_dropout fold fractional_max_pool2d fractional_max_pool3d gaussian_nll_loss gelu glu grid_sample
    group_norm gumbel_softmax hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm
    interpolate kl_div l1_loss layer_norm leaky_relu linear linear_cross_entropy local_response_norm log_softmax
    logsigmoid lp_pool1d lp_pool2d lp_pool3d margin_ranking_loss max_pool1d max_pool2d max_pool3d max_unpool1d
    max_unpool2d max_unpool3d mish mse_loss multi_head_attention_forward multi_margin_loss multilabel_margin_loss
    multilabel_soft_margin_loss nll_loss normalize one_hot pad poisson_nll_loss relu6 rms_norm rrelu
    scaled_dot_product_attention selu silu smooth_l1_loss soft_margin_loss softmin softplus softshrink softsign
    tanhshrink threshold triplet_margin_loss triplet_margin_with_distance_loss unfold
    """
)
"""Public functions of ``torch.nn.functional`` that ``torch`` lacks, or has with other arguments."""

ELEMENTWISE = words(
    """
    abs acos acosh asin asinh atan atan2 atanh ceil cos cosh elu erf erfc exp exp2 expm1 floor gelu hardtanh
    leaky_relu lgamma log log10 log1p log2 logsigmoid maximum minimum mish pow reciprocal relu round rsqrt selu
    sigmoid silu sin sinc sinh softplus softsign sqrt square tan tanh
    """
)
"""Functions that make one number of numbers: called with scalars only, their result has one element."""

BUILTINS = frozenset({"enumerate", "float", "int", "len", "list", "map", "range", "reversed", "sorted", "tuple", "zip"})
"""Python's own functions that an expression may call; torch's win where both have a name (``sum``, ``abs``)."""

CONSTANTS = frozenset({"e", "inf", "nan", "pi", "tau"})
"""Numbers of ``math`` that a name stands for, unless an input has that name."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of an expression stand for, each in order of first appearance."""

    leaves: tuple[str, ...]
    torch: tuple[str, ...]
    functional: tuple[str, ...]
    constants: tuple[str, ...]
    prefixes: tuple[str, ...]
