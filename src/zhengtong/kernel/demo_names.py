"""Common Chinese names, put together at random for the people of the demo city. Nobody real is meant."""

import random

# Frequent family names with rough weights, so that a demo village looks like one.
FAMILY_NAMES = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
        "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
        [72, 71, 67, 54, 46, 31, 23, 22, 20, 19, 19, 18, 17, 16, 15] + [12] * 10 + [9] * 15 + [6] * 20 + [4] * 50,
        strict=False,
    )
)
_FAMILIES, _WEIGHTS = tuple(FAMILY_NAMES), tuple(FAMILY_NAMES.values())

# Given names by (is male, generation): born before 1965, until 1990, and since.
_GIVEN_WORDS = {
    (True, 0): (
        "建国 国庆 德福 长贵 永福 金生 水根 志明 文华 福生 大明 保国 振华 耀祖 守义 学文 有才 广田 树林 春生 秋生 "
        "忠良 正德 兴旺 满仓 家宝 根生 庆余 宝山 云山 世昌 光荣 和平 胜利 卫国 爱民 新民 玉山 连生 万顺"
    ),
    (False, 0): (
        "秀英 桂兰 玉梅 凤英 桂芳 淑珍 素芬 秀兰 玉兰 翠花 春梅 金凤 月娥 彩云 惠芳 菊香 桂香 素珍 爱华 淑华 "
        "美英 秀珍 腊梅 玉珍 兰英 巧云 银花 莲香 美珍 凤仙 秋菊 冬梅 荷花 水仙 银娣 招娣 爱珍 云英 瑞兰 香莲"
    ),
    (True, 1): (
        "伟 强 军 勇 磊 涛 斌 鹏 杰 超 波 辉 刚 健 亮 峰 飞 凯 浩 志强 建军 海波 晓东 文军 立新 国栋 建平 永强 "
        "志刚 俊杰 海涛 家明 少华 宏伟 向东 启明 立诚 子安 远航 学军 振宇 明辉 春雷 成林 文斌 庆华 长青 思远"
    ),
    (False, 1): (
        "芳 娜 敏 静 丽 艳 娟 霞 燕 玲 红 萍 莉 婷 慧 琳 洁 梅 晓燕 丽娟 海燕 雪梅 丽华 春燕 晓岚 文静 玉洁 "
        "婉清 淑敏 红梅 秀丽 美玲 晓红 佳慧 雅琴 建英 小芳 爱玲 冬雪 素云 亚男 海霞 月红 若兰 丽萍 书琴 念慈"
    ),
    (True, 2): (
        "浩然 子轩 宇轩 梓豪 浩宇 俊熙 子涵 博文 天佑 一鸣 嘉豪 子墨 文博 宇航 致远 明轩 泽宇 昊天 睿泽 奕辰 "
        "沐阳 承泽 景行 君昊 佳乐 晨阳 修远 知行 启航 子默 安澜 云帆 星河 怀瑾 一帆 浩辰 家乐 皓轩 俊宇 志远"
    ),
    (False, 2): (
        "梓涵 欣怡 诗涵 雨桐 子萱 思琪 佳怡 雨欣 可欣 梦瑶 语嫣 若曦 依诺 芷若 雅婷 心怡 诗雨 静怡 婉婷 馨月 "
        "沐晴 书瑶 清欢 安然 知夏 念初 初晴 灵犀 采薇 映雪 舒窈 云舒 乐瑶 佳宁 雨薇 思雨 晓彤 紫涵 一诺 悦心"
    ),
}
_GIVEN = {generation: tuple(words.split()) for generation, words in _GIVEN_WORDS.items()}


def family_name(rng: random.Random) -> str:
    """Return a family name, the frequent ones more often."""
    return rng.choices(_FAMILIES, _WEIGHTS)[0]


def given_name(rng: random.Random, is_male: bool, birth_year: int) -> str:
    """Return a given name of the person's generation."""
    generation = 0 if birth_year < 1965 else 1 if birth_year < 1990 else 2
    return rng.choice(_GIVEN[is_male, generation])
