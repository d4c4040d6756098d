"""The Chinese forms of some names: a translation may have the name or its Chinese form."""

from __future__ import annotations

from collections.abc import Mapping

# The name without hyphens and plural, in lower case, and its Chinese forms.
_TABLE = """
ai=人工智能 ml=机器学习 dl=深度学习 nlp=自然语言处理 llm=大语言模型|大型语言模型|大模型 cnn=卷积神经网络|卷积网络
rnn=循环神经网络 gnn=图神经网络 dnn=深度神经网络 snn=脉冲神经网络 mlp=多层感知 lstm=长短期记忆 svm=支持向量机
gan=生成对抗网络|生成式对抗网络 vae=变分自编码器 rl=强化学习 fl=联邦学习 ssl=自监督 sgd=随机梯度下降 pca=主成分
knn=近邻 mcmc=蒙特卡洛|蒙特卡罗 ood=分布外 sota=最先进|最优|领先 qa=问答 mt=机器翻译 nmt=神经机器翻译 asr=语音识别
tts=语音合成 ocr=字符识别 ner=命名实体 cv=计算机视觉 map=平均精度 iou=交并比 auc=曲线下面积 roc=受试者工作特征
snr=信噪比 psnr=峰值信噪比 mse=均方误差 rmse=均方根误差 1d=一维 2d=二维|平面 3d=三维|立体 4d=四维 pde=偏微分方程
ode=常微分方程 cpu=处理器 api=接口 iot=物联网 hpc=高性能计算 vr=虚拟现实 ar=增强现实 gps=全球定位 uav=无人机
lidar=激光雷达 led=发光二极管 tv=电视 id=标识|身份 dna=脱氧核糖核酸 rna=核糖核酸 co2=二氧化碳 ct=计算机断层
mri=磁共振 pet=正电子发射 ecg=心电 eeg=脑电 hiv=艾滋 covid19=新冠|新型冠状病毒 gdp=国内生产总值 phd=博士 us=美国
usa=美国 uk=英国 eu=欧盟 un=联合国 ii=二 iii=三 iv=四 vs=对|与
"""
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    name: tuple(forms.split("|")) for name, _, forms in (entry.partition("=") for entry in _TABLE.split())
}
