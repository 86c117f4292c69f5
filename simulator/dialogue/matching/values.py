# ruff: noqa: E501 - a list of wordings reads better unbroken
"""What kind of value a text holds or asks for: a length of time, a date, a count, a dose, a side, an age.

"How long?" shares no word with "three weeks now". Both carry the mark `&duration`.
"""

from __future__ import annotations

import regex

from simulator.text.language import Language
from simulator.text.normal import fold

_NUMBER_EN = (
    r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|half|couple(?: of)?|few|several|many)"
)
_UNIT_EN = r"(?:seconds?|minutes?|mins?|hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?)"
_EN = regex.compile(
    rf"""(?P<duration>\bfor\ (?:\w+\ ){{0,2}}{_NUMBER_EN}(?:\ or\ \w+)?\ {_UNIT_EN}|\b{_NUMBER_EN}(?:\ or\ \w+)?\ (?:odd\ |or\ so\ )?{_UNIT_EN}(?!\ (?:ago|old))
        |\bfor\ (?:ages|years|months|weeks|days|hours|a\ while|a\ long\ time)|\bhow\ long\b)
    |(?P<date>\b{_UNIT_EN}\ ago|\bsince\b|\byesterday|\btoday|\bthis\ (?:morning|afternoon|evening|week|month|year)|\blast\ (?:night|week|month|year|\w+day|time)
        |\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:january|february|march|april|june|july|august|september|october|november|december)
        |\bwhen\ i\ was\b|\b(?:19|20)\d\d\b|\bwhen\ (?:did|was|were|does|do|is)\b|\bback\ in\b)
    |(?P<frequency>\btimes?\ (?:a|an|per|each|every)\b|\b(?:once|twice)\b|\bevery\ (?:\w+\ )?(?:{_UNIT_EN}|morning|evening|time)|\bdaily|\bmost\ (?:days|nights)
        |\bhow\ (?:often|frequent\w*|many\ times)|\b(?:a|per)\ (?:day|week|night|month|year)\b)
    |(?P<dose>\d+\ ?(?:mg|mcg|micrograms?|milligrams?|ml|units?|grams?|puffs?)\b|\b(?:milligrams?|micrograms?|tablets?|puffs?|what\ (?:dose|strength)|how\ much\ of\ it)\b)
    |(?P<amount>\b(?:pints?|units|glasses|bottles?|cans?|cigarettes?|packs?|packets?|cups?|how\ (?:much|many))\b)
    |(?P<age>\b\w+\ years?\ old|\bhow\ old|\baged?\b|\bi'm\ (?:\w+ty\b(?:-\w+)?|\w+teen\b|\d\d?\b)|\bborn\b|\bbirth(?:day)?\b)
    |(?P<measure>\b(?:3[5-9]|4[0-2])(?:\.\d)?\b|\b\d{{2,3}}\ (?:over|/)\ \d{{2,3}}\b|\b(?:kilos?|kg|stone|pounds?|degrees)\b)
    |(?P<side>\b(?:left|right|both|either|one\ side|other\ side|which\ side)\b)
    |(?P<score>\bout\ of\ (?:ten|10)|\bto\ (?:ten|10)\b|\bscale\b|\bhow\ (?:bad|severe|painful|strong))
    |(?P<clock>\b(?:at\ night|in\ the\ (?:morning|evening|night|afternoon)|mornings?|evenings?|nights?|overnight|bedtime)\b)
    |(?P<before>\b(?:before|ever|previous(?:ly)?|in\ the\ past|first\ time|never\ had|used\ to|history)\b)
    |(?P<else>\b(?:else|other|apart\ from|besides|otherwise|anything|any\ more|as\ well)\b)
    |(?P<where>\bwhere(?:abouts)?\b|\bwhich\ (?:part|bit|area|bits)|\bshow\ me)
    |(?P<who>\bwho\b|\banyone|\banybody|\bnobody|\bno\ one|\bsomebody|\bsomeone)
    |(?P<kind>\bwhat\ (?:kind|sort|type|colour|color|is\ it|does\ it)|\bwhat's\ it\ like|\bdescribe|\bwhich\ (?:one|ones|kind))
    |(?P<why>\bwhy\b|\bwhat(?:'s|\ has|\ do\ you\ think|\ brought|\ made|\ makes|\ set|\ caused|\ causes)|\bbecause\b|\breason\b)""",
    regex.IGNORECASE | regex.VERBOSE,
)
_NUMBER_ZH = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百半几数多]+)"
_UNIT_ZH = r"(?:秒|分钟|小时|钟头|天|日|晚上|夜|周|星期|礼拜|月|年)"
_ZH = regex.compile(
    rf"""(?P<duration>{_NUMBER_ZH}[来多]?个?多?(?:半)?{_UNIT_ZH}(?!前|以前|之前|出生|生)|多久|多长时间|多少(?:天|年|时间)|几(?:天|年|个月|周|分钟|个小时)|好久|很久|一会儿|一阵)
    |(?P<date>{_UNIT_ZH}(?:以前|之前|前)|前(?:天|年|几天|阵子|段时间)|昨[天晚]|今[天早晚年]|去年|上(?:个?月|周|星期|礼拜|次|回)|早上起|刚才|什么时候|啥时候|何时|哪(?:天|年)|几(?:号|点|月)|\d+月|开始|最近一次|末次)
    |(?P<frequency>[一每](?:天|日|晚|周|星期|个?月|年)[^，。？]{{0,6}}[次回顿趟包支两瓶杯片粒]|每次|[次回]数|几[次回]|多少次|{_NUMBER_ZH}[来多几]?[次回趟]|经常|偶尔|频率|有时)
    |(?P<dose>{_NUMBER_ZH}(?:毫克|微克|片|粒|支|单位|毫升|袋|包|颗)|剂量|多大量|吃多少|吃几[片粒])
    |(?P<amount>[多少]不多|量[大小多]|{_NUMBER_ZH}[两杯瓶包支斤](?!以前)|多少|大量|一点点|好多)
    |(?P<age>{_NUMBER_ZH}岁|多大(?:了|年纪|岁数)|年龄|几岁|出生|生日|岁数)
    |(?P<measure>(?:3[5-9]|4[0-2])(?:度|\.\d|℃)|{_NUMBER_ZH}度|高压|低压|{_NUMBER_ZH}(?:公斤|千克|斤|厘米)|多少度|最高|\d{{2,3}}/\d{{2,3}}|一百[二三四五六七八九])
    |(?P<side>左|右|两[边侧条只]|双|一侧|单侧|哪[边侧只条])
    |(?P<score>{_NUMBER_ZH}分(?!钟)|程度|能忍|受得了|受不了|厉害|严重)
    |(?P<clock>夜[里间]|晚上|早[上晨]|半夜|凌晨|下午|中午|白天|傍晚|睡前|睡觉)
    |(?P<before>以前|过去|从前|之前|从来|从没|曾经|原来|平时|平常|既往|第一次|头一回|[得做生受]过)
    |(?P<else>其他|其它|别的|另外|除了|还有|此外|其余)
    |(?P<where>哪里|哪儿|哪块|部位|位置|什么地方|哪个地方)
    |(?P<who>谁|什么人|家里人|亲戚|周围|身边)
    |(?P<kind>什么样|怎么样|怎样|什么颜色|什么性质|哪[种类]|啥样|是什么|如何|什么感觉|怎么个)
    |(?P<why>为什么|原因|诱因|怎么引起|因为|觉得是|引起|怎么回事)
    |(?P<yesno>有没有|是不是|[吗嘛吧][？?]?$|没有[？?]|会不会|能不能|是否)""",
    regex.VERBOSE,
)


def value_marks(text: str, language: Language) -> frozenset[str]:
    """The kinds of value that ``text`` holds or asks for."""
    pattern = _EN if language is Language.EN else _ZH
    return frozenset(f"&{found.lastgroup}" for found in pattern.finditer(fold(text)))
