"""A made-up district, 云溪区, and what its report says: enough entries for every kind of decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.answers.assistant import Assistant
from bot.answers.calibration import Calibration
from bot.answers.encoder import shared_encoder
from bot.answers.index import Index
from bot.answers.service import CALIBRATION
from bot.facts.entries import Bilingual, Entry, Locator, Phrasing, Section, Snapshot, Source, Topic

HOTLINE = "12345"
SOURCE = Source(
    "yunxi2020",
    Bilingual("云溪区2020年计划报道", "Report on the 2020 plan of Yunxi District"),
    Bilingual("云溪日报", "Yunxi Daily"),
    "2020-01",
    2020,
    ("云溪区", "云溪", "yunxi"),
)
ROADS = Section("s1", Bilingual("城乡道路", "Roads"), "城乡道路")
SERVICES = Section("s2", Bilingual("服务", "Services"), "服务")
RESULTS = Section("s3", Bilingual("2019成绩", "2019 results"), "成绩")
TOPICS = (
    Topic("rural", "", Bilingual("农村", "Countryside")),
    Topic("rural.lamps", "rural", Bilingual("乡村路灯", "Village lights")),
    Topic("rural.roads", "rural", Bilingual("农村公路", "Rural roads")),
    Topic("city", "", Bilingual("城市建设", "City works")),
    Topic("city.parking", "city", Bilingual("停车", "Parking")),
    Topic("city.drainage", "city", Bilingual("排水", "Drainage")),
    Topic("city.culture", "city", Bilingual("文化设施", "Culture")),
    Topic("business", "", Bilingual("营商环境", "Business")),
    Topic("business.hall", "business", Bilingual("自助大厅", "Self-service hall")),
    Topic("business.fund", "business", Bilingual("风险基金", "Risk fund")),
    Topic("opening", "", Bilingual("开放", "Opening up")),
    Topic("opening.beijing", "opening", Bilingual("对口合作", "Cooperation with Beijing")),
)


def _pair(text: str) -> Bilingual:
    """「中文 | English」 as one bilingual text."""
    chinese, english = text.split(" | ")
    return Bilingual(chinese, english)


def _asked(zh: Sequence[str], en: Sequence[str], ja: Sequence[str] = ()) -> tuple[Phrasing, ...]:
    texts = (("zh", zh), ("en", en), ("ja", ja))
    return tuple(Phrasing(text, language) for language, group in texts for text in group)


def _fact(key: str, subject: str, statement: str, asked: tuple[Phrasing, ...], **values: Any) -> Entry:
    status = values.setdefault("status", "plan")
    if isinstance(values.get("unit"), str):
        values["unit"] = _pair(values["unit"])
    values["answers"] = frozenset(values.get("answers", "what").split())
    period = "2019" if status == "result" else "2020"
    return Entry(
        key, "fact", subject=_pair(subject), statement=_pair(statement), phrasings=asked, period=period, **values
    )


LAMPS = _fact(
    "lamps.plan",
    "乡村路灯 | village street lights",
    "2020年计划在农村新装1300盏以上的路灯。 | The 2020 plan is to install at least 1,300 street lights in villages.",
    _asked(
        ["今年农村装多少盏路灯？", "乡村路灯计划安多少盏", "村里的路灯今年要装几盏"],
        ["How many village street lights will be installed?", "number of new street lights in the villages this year"],
        ["農村の街灯はいくつ設置しますか", "今年、村に街灯を何基つけますか"],
    ),
    topic="rural.lamps", answers="amount what", value=1300.0, unit="盏 | street lights", bound="at_least",
    measure="lamps", keywords=("路灯", "street light"), locator=Locator("s1", 1, 1), section=ROADS.label,
    quote="新装乡村路灯1300盏以上。",
)  # fmt: skip
LAMPS_BUILT = _fact(
    "lamps.built",
    "去年的乡村路灯 | village street lights of last year",
    "2019年农村装好了800盏路灯。 | In 2019, 800 street lights were installed in villages.",
    _asked(["去年农村装了多少盏路灯？", "2019年乡村路灯装了几盏"], ["How many village street lights were installed last year?"]),
    topic="rural.lamps", answers="amount what", value=800.0, unit="盏 | street lights", status="result",
    measure="lamps", keywords=("路灯", "street light"), locator=Locator("s3", 1, 1), section=RESULTS.label,
)  # fmt: skip
RURAL_ROADS = _fact(
    "roads.rural",
    "农村公路 | rural roads",
    "2020年计划维修农村公路30公里。 | The 2020 plan is to repair 30 km of rural roads.",
    _asked(
        ["今年农村公路要修多少公里？", "农村公路维修多长", "村里的公路今年修几公里"],
        ["How many kilometres of rural roads will be repaired?", "How long are the rural roads to be repaired?"],
        ["農村の道路は何キロ補修しますか"],
    ),
    topic="rural.roads", answers="amount what", value=30.0, unit="公里 | km", keywords=("农村公路", "rural road"),
    locator=Locator("s1", 1, 2), section=ROADS.label,
)  # fmt: skip
PARKING = _fact(
    "parking.shared",
    "停车共享 | shared parking",
    "2020年计划让机关和企业的车位在夜间向居民开放共享。"
    " | The 2020 plan is to open the parking spaces of offices and companies to residents at night.",
    _asked(
        ["停车难怎么解决？", "车位不够怎么办", "停车共享是怎么回事"],
        ["How will the parking problem be solved?", "What is planned about shared parking?"],
        ["駐車場不足はどう解決しますか"],
    ),
    topic="city.parking", answers="what how", keywords=("停车", "车位", "共享车位", "parking"),
    locator=Locator("s2", 1, 1), section=SERVICES.label,
)  # fmt: skip
HALL = _fact(
    "hall.open",
    "24小时自助大厅 | 24-hour self-service hall",
    "2020年计划启用24小时自助大厅，居民可以随时打印证明、查社保。"
    " | The 2020 plan is to open a 24-hour self-service hall where residents print certificates and check insurance.",
    _asked(
        ["24小时自助大厅能办什么？", "自助大厅可以做哪些业务", "夜里想打印证明有自助大厅吗"],
        ["What can I do at the 24-hour self-service hall?", "services of the self-service hall"],
        ["24時間セルフサービスホールでは何ができますか"],
    ),
    topic="business.hall", answers="what list", keywords=("自助大厅", "self-service hall"),
    locator=Locator("s2", 1, 2), section=SERVICES.label,
)  # fmt: skip
DRAINS = _fact(
    "drains.spots",
    "积水点位 | waterlogging spots",
    "2020年计划改造20处积水点位。 | The 2020 plan is to fix 20 waterlogging spots.",
    _asked(
        ["今年改造多少处积水点位？", "下雨积水的地方要治几处", "积水点要改造几个"],
        ["How many waterlogging spots will be fixed?", "number of flooded spots to be repaired"],
        ["冠水箇所は何カ所改修しますか"],
    ),
    topic="city.drainage", answers="amount what", value=20.0, unit="处 | spots", keywords=("积水", "waterlogging"),
    locator=Locator("s1", 2, 1), section=ROADS.label,
)  # fmt: skip
PARKS = _fact(
    "culture.parks",
    "口袋公园 | pocket parks",
    "2020年计划建成6座口袋公园。 | The 2020 plan is to build 6 pocket parks.",
    _asked(
        ["今年建几座口袋公园？", "口袋公园要建多少座"],
        ["How many pocket parks will be built?"],
        ["ポケットパークはいくつ作りますか"],
    ),
    topic="city.culture", answers="amount what", value=6.0, unit="座 | sites", keywords=("口袋公园", "pocket park"),
    locator=Locator("s2", 2, 1), section=SERVICES.label,
)  # fmt: skip
LIBRARIES = _fact(
    "culture.libraries",
    "社区书屋 | community libraries",
    "2020年计划新开4座社区书屋。 | The 2020 plan is to open 4 community libraries.",
    _asked(["今年开几座社区书屋？", "社区书屋要开多少座"], ["How many community libraries will be opened?"]),
    topic="city.culture", answers="amount what", value=4.0, unit="座 | sites", keywords=("社区书屋", "library"),
    locator=Locator("s2", 2, 2), section=SERVICES.label,
)  # fmt: skip
FUND = _fact(
    "fund.size",
    "风险基金 | risk fund",
    "2020年计划设立规模1.5亿元的风险基金，帮小企业贷款。"
    " | The 2020 plan is to set up a risk fund of 150 million yuan to help small firms borrow.",
    _asked(
        ["风险基金规模有多少亿元？", "小企业贷款的风险基金有多少钱"],
        ["How large is the risk fund for small firms?", "size of the risk fund in yuan"],
    ),
    topic="business.fund", answers="amount what", value=1.5, unit="亿元 | hundred million yuan",
    keywords=("风险基金", "risk fund"), locator=Locator("s2", 3, 1), section=SERVICES.label,
)  # fmt: skip
BEIJING = _fact(
    "opening.beijing",
    "与北京的对口合作 | cooperation with Beijing",
    "2020年计划与北京海淀合作建设科技园。 | The 2020 plan is to build a science park with Haidian in Beijing.",
    _asked(["科技园是和哪里合作建设的？", "与北京合作建什么园"], ["Who is the science park built with?"]),
    topic="opening.beijing", answers="what who place", keywords=("北京", "海淀", "beijing", "haidian", "科技园"),
    locator=Locator("s2", 4, 1), section=SERVICES.label,
)  # fmt: skip
FAQ = Entry(
    "faq.lamps", "faq", "rural.lamps",
    _pair("两年的乡村路灯 | village street lights of both years"),
    _pair(
        "2019年装了800盏，2020年计划1300盏以上，两年共2100盏以上。"
        " | 800 in 2019 and at least 1,300 planned in 2020: at least 2,100 in both years."
    ),
    status="mixed", period="2020", answers=frozenset(("amount", "compare")), keywords=("路灯", "street light"),
    phrasings=_asked(["两年一共装多少盏路灯？", "路灯今年比去年多多少"], ["How many street lights in both years together?"]),
    cites=("lamps.plan", "lamps.built"), value_sum=2100.0,
)  # fmt: skip
WEATHER = Entry(
    "referral.weather", "referral", "weather", _pair("天气 | weather"),
    _pair("抱歉，报道里没有天气。 | Sorry, the report says nothing about the weather."),
    keywords=("天气", "weather"),
    phrasings=_asked(["明天会下雨吗？", "今天天气怎么样", "周末冷不冷"], ["Will it rain tomorrow?", "What is the weather like?"]),
)  # fmt: skip
HOUSEHOLD = Entry(
    "referral.household", "referral", "household", _pair("户口 | household registration"),
    _pair("抱歉，报道里没有户口办理。 | Sorry, the report does not cover household registration."),
    keywords=("户口", "hukou"),
    phrasings=_asked(["户口怎么迁过来", "落户要什么条件"], ["How do I move my household registration?"]),
)  # fmt: skip
ENTRIES = (
    LAMPS, LAMPS_BUILT, RURAL_ROADS, PARKING, HALL, DRAINS, PARKS, LIBRARIES, FUND, BEIJING, FAQ, WEATHER, HOUSEHOLD,
)  # fmt: skip
SNAPSHOT = Snapshot(7, SOURCE, (ROADS, SERVICES, RESULTS), TOPICS, ENTRIES)


def build_assistant(snapshot: Snapshot = SNAPSHOT) -> Assistant:
    """An assistant on the made-up report, with the real encoder and the weights of the repository."""
    return Assistant(Index(snapshot, shared_encoder()), Calibration.read(CALIBRATION), HOTLINE)


def published(revision: int, **changed: Any) -> Snapshot:
    """The snapshot as another revision, in which the figure of the lamps' plan may be changed.

    Args:
        revision: its number.
        changed: fields of the entry about this year's lamps.
    """
    entries = (replace(LAMPS, **changed), *ENTRIES[1:])
    return Snapshot(revision, SOURCE, SNAPSHOT.sections, TOPICS, entries)
