# ruff: noqa: E501 - lines of dialogue stay whole
"""`ref:checklist`: a generic, decent intake and safe advice. It knows nothing of the case but the role."""

from __future__ import annotations

from simulator.library.vocabulary import Role
from simulator.models.reference.scene import END, Scene
from simulator.models.subject import SubjectRequest
from simulator.text.language import Language

_Script = dict[Language, tuple[str, ...]]

_PATIENT: _Script = {
    Language.EN: (
        "Hello. What has brought you in today?",
        "When did it start, and has it been getting better or worse?",
        "How bad is it, and does anything make it better or worse?",
        "Do you have any other symptoms, such as fever, pain or feeling sick?",
        "Do you have any medical conditions, and have you had any operations?",
        "Are you taking any medicines, and do you have any allergies?",
        "Does anything run in the family? Do you smoke or drink alcohol?",
        "Thank you. I recommend that you see a doctor in person within the next few days so that you can be examined. "
        "Until then, rest and drink enough. If it gets worse or anything new worries you, go to hospital straight "
        f"away.\n{END}",
    ),
    Language.ZH: (
        "您好，请问哪里不舒服？",
        "什么时候开始的？是越来越重还是好一些了？",
        "有多严重？做什么会加重，做什么会缓解？",
        "还有没有其他症状，比如发烧、疼痛或者恶心？",
        "以前得过什么病吗？做过手术吗？",
        "现在在吃什么药？对什么药物过敏吗？",
        "家里人有类似的病吗？平时抽烟喝酒吗？",
        f"好的，谢谢您。建议您这几天内去医院门诊当面看医生，做个检查。在这之前注意休息，多喝水。如果加重或者出现新的不舒服，马上去医院。\n{END}",
    ),
}
_CAREGIVER: _Script = {
    Language.EN: (
        "Hello. What has brought you here today?",
        "When did it start, and is it getting better or worse?",
        "Are there any other symptoms, such as fever, a cough or vomiting?",
        "Is your child eating and drinking, and sleeping as usual?",
        "Does your child have any medical conditions, and are the vaccinations up to date?",
        "Is your child taking any medicines, and are there any allergies?",
        "Thank you. I recommend that your child is seen by a doctor within the next few days. Follow the dose on the "
        "package of any medicine, and offer plenty to drink. If it gets worse or anything new worries you, go to hospital "
        f"straight away.\n{END}",
    ),
    Language.ZH: (
        "您好，请问孩子哪里不舒服？",
        "什么时候开始的？是越来越重还是好一些了？",
        "还有没有其他症状，比如发烧、咳嗽或者呕吐？",
        "孩子吃东西、喝水怎么样？睡得好吗？",
        "孩子以前得过什么病吗？疫苗都按时打了吗？",
        "现在在吃什么药？对什么药物过敏吗？",
        f"好的，谢谢您。建议这几天内带孩子去医院门诊看医生。药物请按说明书的剂量使用，多喝水。如果加重或者出现新的不舒服，马上去医院。\n{END}",
    ),
}
_CLINICIAN: _Script = {
    Language.EN: (
        "Thank you. Can you tell me more about the patient?",
        "When did it start, and how has it developed?",
        "What is the past medical history, and has there been any surgery?",
        "What medicines is the patient taking, and are there any allergies?",
        "What did the examination show, and what are the vital signs?",
        "Does anything run in the family? Does the patient smoke or drink alcohol?",
        "I'd order a full blood count, kidney function, liver function, an ECG and a chest X-ray. What do they show?",
        "Thank you. In summary, the history and the basic tests are noted. I recommend admitting the patient for "
        "observation, treating symptoms supportively, repeating the basic tests, and consulting the relevant specialist. "
        f"Please document the history, the examination, the assessment and the plan.\n{END}",
    ),
    Language.ZH: (
        "好的，能详细介绍一下患者的情况吗？",
        "什么时候开始的？病情怎么变化的？",
        "既往史怎么样？做过手术吗？",
        "患者现在在吃什么药？有药物过敏吗？",
        "查体有什么发现？生命体征怎么样？",
        "家族史怎么样？抽烟喝酒吗？",
        "建议先查血常规、肾功能、肝功能、心电图和胸片。结果怎么样？",
        f"好的。综上，病史和基本检查已了解。建议收入院观察，对症支持治疗，复查基本化验，请相关专科会诊。请把病史、查体、评估和计划记录在病历里。\n{END}",
    ),
}
_SCRIPTS: dict[Role, _Script] = {
    Role.PATIENT: _PATIENT,
    Role.CAREGIVER: _CAREGIVER,
    Role.CLINICIAN: _CLINICIAN,
}


def checklist_reply(scene: Scene, request: SubjectRequest) -> str:
    script = _SCRIPTS[scene.role][scene.language]
    return script[min(request.turn, len(script)) - 1]
