"""A made-up report of a made-up place, and its facts file."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.facts.loader import packaged_files

NOW = datetime(2020, 1, 15, 20, 0, tzinfo=timezone.utc)

REPORT = """柳溪镇晚报。
今年柳溪镇有新打算。
修桥铺路
连起两岸的村子
全镇今年新建石桥3座以上;修补小路12.5公里。
桥头要种柳树！
成绩单 去年回顾
去年建桥2座,游客翻一番。
"""

FACTS = """\
source:
  id: willow2020
  title: {zh: 柳溪镇计划, en: Plan of Willow Creek}
  publisher: {zh: 柳溪镇, en: Willow Creek}
  published: 2020-01
  plan_year: 2020
  home: [柳溪镇, willow creek]
sections:
- {id: s0, label: {zh: 开篇, en: Opening}, heading: ""}
- {id: s1, label: {zh: 道路, en: Roads}, heading: 修桥铺路连起两岸的村子}
- {id: s2, label: {zh: 成绩, en: Results}, heading: 成绩单}
topics:
- {id: roads, label: {zh: 道路, en: Roads}, aliases: {zh: [路], en: [road]}}
- {id: roads.bridges, parent: roads, label: {zh: 桥, en: Bridges}}
facts:
- id: bridges.new
  topic: roads.bridges
  measure: bridges
  subject: {zh: 石桥, en: stone bridges}
  action: {zh: 新建, en: build}
  value: 3
  unit: {zh: 座, en: bridges}
  bound: at_least
  period: "2020"
  status: plan
  locator: s1.p1.s1
  answers: [amount, what]
  statement:
    zh: 2020年计划造3座以上的石桥。
    en: The 2020 plan is to build at least 3 stone bridges.
  keywords: {zh: [桥, 石桥], en: [bridge]}
  questions:
    zh: [今年造几座桥？, 河上添桥不]
    en: [How many bridges will be built?]
    ja: [橋はいくつ作りますか]
- id: lanes.repair
  topic: roads
  subject: {zh: 小路, en: lanes}
  action: {zh: 修补, en: repair}
  value: 12.5
  unit: {zh: 公里, en: km}
  period: "2020"
  status: plan
  locator: s1.p1.s2
  answers: [amount]
  statement:
    zh: 2020年计划把12.5公里小路补好。
    en: In 2020 the plan is to repair 12.5 km of lanes.
  keywords: {zh: [小路], en: [lane]}
  questions:
    zh: [小路修多长？]
    en: [How long are the lanes to be repaired?]
- id: bridges.built
  topic: roads.bridges
  measure: bridges
  subject: {zh: 去年的桥, en: bridges of last year}
  action: {zh: 建成, en: built}
  value: 2
  unit: {zh: 座, en: bridges}
  period: "2019"
  status: result
  locator: s2.p1.s1
  answers: [amount]
  statement:
    zh: 2019年造好2座桥，游客翻了一番。
    en: In 2019 the town built 2 bridges and the visitors doubled.
  keywords: {zh: [桥], en: [bridge]}
  questions:
    zh: [去年造了几座桥？]
    en: [How many bridges were built last year?]
faqs:
- id: faq.bridges
  topic: roads.bridges
  answers: [list]
  period: "2020"
  status: mixed
  subject: {zh: 两年的桥, en: bridges of two years}
  cites: [bridges.new, bridges.built]
  value_sum: 5
  answer: {zh: "2019年2座，2020年3座以上，共5座以上。", en: "2 in 2019 and at least 3 in 2020, at least 5 in all."}
  keywords: {zh: [桥], en: [bridge]}
  questions:
    zh: [两年一共多少桥？]
    en: [How many bridges in both years?]
"""

REFERRALS = """\
referrals:
- id: referral.weather
  kind: weather
  subject: {zh: 天气, en: weather}
  statement: {zh: 抱歉，报道里没有天气。, en: "Sorry, the report says nothing of the weather."}
  keywords: {zh: [天气], en: [weather]}
  questions:
    zh: [明天下雨吗？]
    en: [Will it rain tomorrow?]
"""


@pytest.fixture
def now() -> datetime:
    """A fixed time: already the next day in China."""
    return NOW


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    """The made-up report."""
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    return path


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    """The made-up report's facts."""
    path = tmp_path / "facts.yml"
    path.write_text(FACTS, "utf-8")
    return path


@pytest.fixture
def referrals_file(tmp_path: Path) -> Path:
    """One referral."""
    path = tmp_path / "referrals.yml"
    path.write_text(REFERRALS, "utf-8")
    return path


@pytest.fixture
def first_report() -> Path:
    """The text of the report that comes with a deployment, never with the repository."""
    nearby = Path(packaged_files()[0]).parents[3] / "shared" / "report" / "hunnan-2020.txt"
    path = Path(os.environ.get("ASKHUNNAN_REPORT") or nearby)
    if not path.is_file():
        pytest.skip("the report is not here: set ASKHUNNAN_REPORT")
    return path
