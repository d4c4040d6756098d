"""The words of the stand-in's papers, in English and Chinese, by topic."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Topic:
    primary: str  # the primary category of its papers
    cross: tuple[str, ...]  # the categories that they may be cross-listed to
    name: Pair
    tasks: tuple[Pair, ...]
    methods: tuple[Pair, ...]
    data: tuple[str, ...]  # names that are the same in both languages


def _pairs(text: str) -> tuple[Pair, ...]:
    """`a=甲; b=乙` → (("a", "甲"), ("b", "乙"))."""
    entries = [entry.strip().split("=") for entry in text.split(";") if entry.strip()]
    return tuple((en, zh) for en, zh in entries)


TOPICS = (
    Topic(
        "cs.CL",
        ("cs.AI", "cs.LG", "cs.IR"),
        ("natural language processing", "自然语言处理"),
        _pairs(
            "machine translation=机器翻译; long-document summarization=长文档摘要; "
            "dialogue state tracking=对话状态跟踪; cross-lingual retrieval=跨语言检索; "
            "grammatical error correction=语法纠错; fact verification=事实核查"
        ),
        _pairs(
            "attention mechanism=注意力机制; large language model=大型语言模型; "
            "retrieval-augmented decoder=检索增强解码器; sparse mixture of experts=稀疏专家混合模型; "
            "prompt compiler=提示编译器; byte-level tokenizer=字节级分词器"
        ),
        ("FLORES-200", "XSum", "SQuAD 2.0", "MultiWOZ", "FEVER"),
    ),
    Topic(
        "cs.CV",
        ("cs.LG", "eess.IV", "cs.RO"),
        ("computer vision", "计算机视觉"),
        _pairs(
            "object detection=目标检测; image restoration=图像复原; depth estimation=深度估计; "
            "open-vocabulary segmentation=开放词汇分割; video understanding=视频理解; "
            "novel view synthesis=新视角合成"
        ),
        _pairs(
            "diffusion model=扩散模型; vision transformer=视觉Transformer; "
            "Gaussian splatting renderer=高斯泼溅渲染器; feature pyramid=特征金字塔; "
            "self-supervised encoder=自监督编码器; state space model=状态空间模型"
        ),
        ("ImageNet", "COCO", "ADE20K", "KITTI", "NYUv2"),
    ),
    Topic(
        "cs.LG",
        ("stat.ML", "cs.AI", "math.OC"),
        ("machine learning", "机器学习"),
        _pairs(
            "continual learning=持续学习; federated optimization=联邦优化; "
            "tabular prediction=表格预测; out-of-distribution detection=分布外检测; "
            "hyperparameter search=超参数搜索; dataset distillation=数据集蒸馏"
        ),
        _pairs(
            "graph neural network=图神经网络; contrastive objective=对比目标; "
            "normalizing flow=归一化流; low-rank adapter=低秩适配器; "
            "second-order optimizer=二阶优化器; curriculum scheduler=课程调度器"
        ),
        ("CIFAR-100", "OGB", "OpenML-CC18", "WILDS", "TabZilla"),
    ),
    Topic(
        "cs.RO",
        ("cs.AI", "cs.CV", "eess.SY"),
        ("robotics", "机器人学"),
        _pairs(
            "dexterous manipulation=灵巧操作; legged locomotion=足式运动; "
            "visual navigation=视觉导航; motion planning=运动规划; "
            "sim-to-real transfer=仿真到现实迁移; cloth folding=布料折叠"
        ),
        _pairs(
            "world model=世界模型; diffusion policy=扩散策略; "
            "model predictive controller=模型预测控制器; tactile encoder=触觉编码器; "
            "imitation learner=模仿学习器; task planner=任务规划器"
        ),
        ("RLBench", "CALVIN", "Habitat", "MetaWorld"),
    ),
    Topic(
        "cs.IR",
        ("cs.CL", "cs.LG"),
        ("information retrieval", "信息检索"),
        _pairs(
            "dense retrieval=稠密检索; sequential recommendation=序列推荐; "
            "query expansion=查询扩展; click modelling=点击建模; "
            "near-duplicate detection=近似重复检测"
        ),
        _pairs(
            "late-interaction ranker=后期交互排序器; learned inverted index=学习型倒排索引; "
            "cross-encoder=交叉编码器; bandit explorer=赌博机探索器; "
            "generative recommender=生成式推荐器"
        ),
        ("MS MARCO", "BEIR", "MovieLens-20M", "TREC-DL"),
    ),
    Topic(
        "cs.CR",
        ("cs.LG", "cs.NI"),
        ("computer security", "计算机安全"),
        _pairs(
            "malware classification=恶意软件分类; membership inference=成员推断; "
            "protocol verification=协议验证; side-channel analysis=侧信道分析; "
            "fuzz testing=模糊测试"
        ),
        _pairs(
            "homomorphic encryption scheme=同态加密方案; "
            "differentially private trainer=差分隐私训练器; symbolic executor=符号执行器; "
            "zero-knowledge proof=零知识证明; watermark detector=水印检测器"
        ),
        ("EMBER", "CIC-IDS2017", "Juliet", "Drebin"),
    ),
    Topic(
        "stat.ML",
        ("cs.LG", "math.ST"),
        ("statistics", "统计学"),
        _pairs(
            "causal effect estimation=因果效应估计; conformal prediction=保形预测; "
            "survival analysis=生存分析; change-point detection=变点检测; "
            "optimal experimental design=最优实验设计"
        ),
        _pairs(
            "Gaussian process=高斯过程; doubly robust estimator=双重稳健估计量; "
            "kernel two-sample test=核双样本检验; variational sampler=变分采样器; "
            "Bayesian ensemble=贝叶斯集成"
        ),
        ("UCI", "IHDP", "MIMIC-IV"),
    ),
    Topic(
        "math.NT",
        ("math.AG", "math.CO"),
        ("number theory", "数论"),
        _pairs(
            "bounding prime gaps=素数间隔估计; counting rational points=有理点计数; "
            "class number estimation=类数估计; modularity of elliptic curves=椭圆曲线的模性; "
            "sieve weights=筛法权重"
        ),
        _pairs(
            "circle method=圆法; large sieve inequality=大筛法不等式; Hecke operator=赫克算子; "
            "theta correspondence=西塔对应; height pairing=高度配对"
        ),
        ("LMFDB",),
    ),
    Topic(
        "math.PR",
        ("math.CO", "math-ph", "math.ST"),
        ("probability theory", "概率论"),
        _pairs(
            "mixing of Markov chains=马尔可夫链的混合; percolation on random graphs=随机图上的渗流; "
            "concentration of measure=测度集中; large deviations=大偏差; "
            "rough differential equations=粗糙微分方程"
        ),
        _pairs(
            "coupling argument=耦合论证; martingale approximation=鞅逼近; spectral gap=谱间隙; "
            "branching process=分支过程; Stein operator=斯坦因算子"
        ),
        ("OEIS",),
    ),
    Topic(
        "quant-ph",
        ("cond-mat.stat-mech", "cs.IT"),
        ("quantum physics", "量子物理"),
        _pairs(
            "quantum error correction=量子纠错; entanglement distillation=纠缠提纯; "
            "Hamiltonian simulation=哈密顿量模拟; qubit calibration=量子比特校准; "
            "boson sampling=玻色采样"
        ),
        _pairs(
            "surface code=表面码; variational circuit=变分线路; tensor network=张量网络; "
            "dynamical decoupling sequence=动力学解耦序列; parity decoder=奇偶解码器"
        ),
        ("IBM Heron", "Zuchongzhi", "Stim"),
    ),
    Topic(
        "cond-mat.mtrl-sci",
        ("physics.comp-ph", "cs.LG"),
        ("materials science", "材料科学"),
        _pairs(
            "crystal structure prediction=晶体结构预测; battery degradation=电池退化; "
            "alloy design=合金设计; phonon transport=声子输运; defect formation=缺陷形成"
        ),
        _pairs(
            "density functional=密度泛函; interatomic potential=原子间势; "
            "phase-field model=相场模型; cluster expansion=团簇展开; "
            "active-learning loop=主动学习循环"
        ),
        ("Materials Project", "OQMD", "AFLOW"),
    ),
    Topic(
        "astro-ph.GA",
        ("astro-ph.CO", "astro-ph.IM"),
        ("astrophysics", "天体物理学"),
        _pairs(
            "galaxy morphology=星系形态; dust attenuation=尘埃消光; "
            "stellar stream detection=恒星流探测; black hole growth=黑洞增长; "
            "redshift estimation=红移估计"
        ),
        _pairs(
            "spectral fitting code=光谱拟合程序; lensing reconstruction=引力透镜重建; "
            "N-body simulation=多体模拟; photometric catalogue=测光星表; halo model=晕模型"
        ),
        ("JWST", "Gaia DR3", "DESI", "Euclid"),
    ),
    Topic(
        "q-bio.BM",
        ("cs.LG", "physics.bio-ph"),
        ("computational biology", "计算生物学"),
        _pairs(
            "protein folding=蛋白质折叠; drug discovery=药物发现; enzyme engineering=酶工程; "
            "binding affinity prediction=结合亲和力预测; genome assembly=基因组组装"
        ),
        _pairs(
            "equivariant network=等变网络; protein language model=蛋白质语言模型; "
            "docking engine=对接引擎; coarse-grained simulator=粗粒化模拟器; "
            "alignment-free index=免比对索引"
        ),
        ("PDB", "UniProt", "ChEMBL"),
    ),
    Topic(
        "eess.AS",
        ("cs.SD", "cs.CL"),
        ("audio processing", "音频处理"),
        _pairs(
            "speech recognition=语音识别; source separation=声源分离; voice conversion=语音转换; "
            "sound event localization=声音事件定位; music transcription=音乐转录"
        ),
        _pairs(
            "neural codec=神经编解码器; conformer encoder=卷积增强编码器; beamformer=波束形成器; "
            "phoneme aligner=音素对齐器; spectrogram diffuser=频谱图扩散器"
        ),
        ("LibriSpeech", "AISHELL-1", "MUSDB18", "VoxCeleb"),
    ),
)

ADJECTIVES = _pairs(
    "simple=简单的; robust=鲁棒的; lightweight=轻量级的; scalable=可扩展的; unified=统一的; "
    "interpretable=可解释的; adaptive=自适应的; hierarchical=分层的; calibrated=校准过的; "
    "data-efficient=数据高效的; provable=可证明的; training-free=免训练的"
)
PROBLEMS = _pairs(
    "scarce labels=标签稀缺; distribution shift=分布偏移; "
    "high computational cost=高计算成本; slow inference=推理缓慢; label noise=标签噪声; "
    "missing observations=观测缺失; catastrophic forgetting=灾难性遗忘; "
    "poor calibration=校准不良; numerical instability=数值不稳定; "
    "spurious correlations=虚假相关"
)
METRICS = _pairs(
    "accuracy=准确率; robustness=鲁棒性; sample efficiency=样本效率; stability=稳定性; "
    "recall=召回率; throughput=吞吐量; consistency=一致性; energy use=能耗"
)
SYSTEMS = (
    "LanternNet", "Kestrel", "QuietBridge", "Moraine", "TidePool", "Verdigris", "Halcyon-2", "Saltmarsh", "Juniper",
    "Petrel-7B", "Cartographer", "NightHeron", "Basalt", "OpenFjord", "Sundial-XL", "Marginalia",
)  # fmt: skip
FORMULAS = (
    r"$O(n \log n)$", r"$\varepsilon > 0$", r"$\lambda_{\max}(A) \le 1$", r"$L^2(\mathbb{R}^d)$", r"$10^{-3}$",
    r"$\mathbb{E}[X_t] = 0$", r"$k \geq 2$", r"$\frac{1}{\sqrt{n}}$", r"$p < 0.05$", r"$\alpha + \beta$",
    r"$\sum_{i=1}^{n} w_i$", r"$\nabla f(x) = 0$", r"$\rho \otimes \sigma$", r"$z \sim 1.2$", r"$\|x - y\|_2$",
    r"$\theta \in [0, 1]$", r"$\sigma^2$", r"$T \to \infty$",
)  # fmt: skip

FIRST_NAMES = (
    "Mira", "Jun", "Tobias", "Lena", "Qing", "Ana", "Pär", "Söhnke", "Amara", "Wei", "Ioana", "Kenji", "Fatima",
    "Lucas", "Noor", "Élodie", "Rahul", "Zofia", "Mateo", "Hui", "Olga", "Kwame", "Siobhán", "Yusuf", "Ingrid",
)  # fmt: skip
LAST_NAMES = (
    "Holt", "Arai", "Okonkwo", "Brandt", "Duan", "Ruiz", "Lindqvist", "Varga", "Müller", "Zhang", "Popescu", "Sato",
    "El-Amin", "Ferreira", "de Vries", "Dubois", "Iyer", "Kowalska", "García", "Chen", "Ivanova", "Mensah",
    "O'Connor", "Demir", "Nygård", "Liu", "Novák", "Bauer", "Rossi", "Tanaka", "Wang", "Łukasik",
)  # fmt: skip
COLLABORATIONS = ("CALM Collaboration", "LANTERN Collaboration", "North Array Collaboration")
