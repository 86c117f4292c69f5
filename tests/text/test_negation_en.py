"""English mentions as real answers of models word them. The mention stands in double brackets."""

from __future__ import annotations

import pytest
import regex

from simulator.text.language import Language
from simulator.text.negation import negated, negates_list

NEGATED = [
    # plain
    "Do not take [[ibuprofen]].",
    "Don't take any [[ibuprofen]] for now.",
    "Please don't give her [[aspirin]] – she is too young.",
    "Please do **not** take [[ibuprofen]] or any other NSAID.",
    "You should not [[drive yourself]] to the hospital.",
    "You shouldn't [[drive]] in this state.",
    "You must not [[drive]].",
    "You mustn't eat or [[drink]] until you are seen.",
    "I wouldn't [[wait until tomorrow]].",
    "I would not give [[ibuprofen]] here.",
    "I would not recommend [[a CT scan]] at this point.",
    "I don't think you need [[an antibiotic]].",
    "I don't think [[antibiotics]] would help.",
    "I wouldn't advise [[taking another tablet]].",
    "Never take [[Viagra]] together with a nitrate.",
    "She can't have [[aspirin]].",
    "He cannot take [[metformin]] with this kidney function.",
    "This is not [[an emergency]].",
    "It isn't [[a heart attack]].",
    "It doesn't sound like [[meningitis]].",
    # nouns and verbs that negate
    "There is no need for [[an ambulance]].",
    "There's no need to [[go to hospital]] tonight.",
    "There is no evidence of [[pneumonia]].",
    "There's no reason to [[stop your tablets]].",
    "No [[aspirin]], please.",
    "Avoid [[ibuprofen]].",
    "Avoid taking [[ibuprofen]] on an empty stomach.",
    "It's best to avoid [[alcohol]] while you take these.",
    "Please stop [[the ibuprofen]] today.",
    "Stop taking [[metformin]] until the scan is done.",
    "Steer clear of [[anti-inflammatories]].",
    "Stay away from [[alcohol]].",
    "Hold off on [[the ibuprofen]].",
    "I'd advise against [[driving]].",
    "I strongly recommend against [[ibuprofen]].",
    "Refrain from [[driving]] until you have been checked.",
    "Skip [[tonight's dose]].",
    "I'd withhold [[contrast]] given the eGFR.",
    "You can manage without [[antibiotics]].",
    "Use paracetamol instead of [[ibuprofen]].",
    "Use paracetamol rather than [[ibuprofen]].",
    "It is unsafe to [[drive]].",
    # after the mention
    "[[Ibuprofen]] is not a good idea with your kidneys.",
    "[[Ibuprofen]] isn't safe for you.",
    "[[Ibuprofen]] should be avoided.",
    "[[Aspirin]] must not be given to children.",
    "[[Antibiotics]] won't help with a virus.",
    "[[Antibiotics]] are not needed.",
    "[[A CT scan]] would not change what we do.",
    "[[NSAIDs]] are contraindicated here.",
    "[[Metformin]] needs to be stopped before the scan.",
    "[[Driving yourself]] is out of the question.",
    "[[A D-dimer]] is unnecessary at this probability.",
    "[[Aspirin]] can't be given to a child of two.",
    "[[An MRI]] is not indicated.",
    "[[Ibuprofen]] would be unsafe with warfarin.",
    # lists
    "Don't take aspirin, naproxen or [[ibuprofen]].",
    "Do not take aspirin, ibuprofen, or [[naproxen]].",
    "No aspirin, no [[ibuprofen]].",
    "Avoid alcohol, spicy food and [[ibuprofen]].",
    "Do not give adult tablets or [[aspirin]].",
    "She should take neither ibuprofen nor [[aspirin]].",
    "You shouldn't drive or [[take a taxi]].",
    # contrast: the negated half
    "Take paracetamol, not [[ibuprofen]].",
    "It's not [[indigestion]] but may well be your heart.",
    "Don't [[drive yourself]]; call 999 instead.",
    "Please don't [[drive yourself]], call 999.",
    "I know you want to, but please don't [[drive]].",
    "If the pain comes back, do not [[drive]].",
    "Paracetamol is fine, but [[ibuprofen]] is not.",
    "While you wait, don't [[eat or drink]].",
    "You don't need to [[go to A&E]] tonight.",
    "We can't rule it out, so don't [[drive]].",
    # and more, of every kind
    "Please do not give Tom any more [[ibuprofen]] tonight.",
    "At this stage antibiotics, including [[amoxicillin]], are not needed.",
    "[[Ibuprofen]], naproxen and aspirin are not safe for you.",
    "I'd leave out [[the D-dimer]].",
    "I'd hold [[the metformin]] for 48 hours.",
    "We should hold [[metformin]] before contrast.",
    "Under no circumstances should you [[drive]].",
    "You don't need [[antibiotics]] for this.",
    "You won't need [[a scan]].",
    "I would avoid NSAIDs (such as [[ibuprofen]]).",
    "Avoid NSAIDs – [[ibuprofen]], naproxen – for now.",
    "Avoid: [[ibuprofen]], aspirin, alcohol.",
    "There is little point in [[a D-dimer]].",
    "[[A D-dimer]] adds nothing here.",
    "[[A D-dimer]] is not useful when the probability is high.",
    "Do not use [[the spray]] your neighbour left.",
    "Please don't use that [[GTN spray]], it could drop your blood pressure.",
    "It would be dangerous to [[use the spray]].",
    "Even if you feel better, do not [[drive]].",
    "I'm afraid I can't recommend [[driving yourself]].",
    "Nobody should take [[someone else's spray]].",
    "No, please don't [[drive]].",
    "No – [[driving]] is too risky.",
    "You can't just [[drive there]].",
    "Antibiotics do nothing for viruses, so no [[amoxicillin]].",
    "Make sure he doesn't [[drive]].",
    "It's too early for [[antibiotics]].",
    "Neither ibuprofen nor [[aspirin]] is suitable.",
    "Ibuprofen and [[naproxen]] should both be avoided.",
    "[[Ibuprofen]] and similar painkillers should be avoided.",
    "[[Contrast CT]] is relatively contraindicated.",
    "I wouldn't [[give fluids]] too quickly.",
    "Do not, under any circumstances, [[drive]].",
]

STATED = [
    "Take [[ibuprofen]] 400 mg with food.",
    "You can take [[ibuprofen]].",
    "I'd give [[ibuprofen]].",
    "I recommend [[an ECG]] now.",
    # words that only look like cues
    "Don't hesitate to [[call 999]].",
    "Please do not hesitate to [[call 999]] if it comes back.",
    "Don't delay: [[call 999]].",
    "Don't wait, [[call 999]] now.",
    "Do not wait to [[call an ambulance]].",
    "Don't forget to [[take your inhaler]].",
    "Never ignore [[chest pain]].",
    "Please don't ignore [[this pain]].",
    "Go to [[the emergency department]] without delay.",
    "There's no doubt you need [[an ambulance]].",
    "No matter what, [[call 999]].",
    "Not only should you [[call 999]], you should also unlock the door.",
    "You need to be seen no later than [[tomorrow]].",
    "Take no more than [[four doses]] in 24 hours.",
    "We cannot rule out [[a heart attack]].",
    "I can't rule out [[meningitis]] over the phone.",
    "Do not stop [[your amlodipine]].",
    "Don't stop taking [[your blood pressure tablets]].",
    "Don't be afraid to [[call an ambulance]].",
    "I'm not sure, so please [[call 999]].",
    "If not, [[call 999]].",
    "Why not [[take a paracetamol]]?",
    "Don't worry, [[paracetamol]] is safe for her.",
    "Do not skip [[your insulin]].",
    "You shouldn't put off [[calling an ambulance]].",
    "Don't just sit there, [[call 999]].",
    # contrast: the half that is meant
    "Don't drive, but [[call 999]].",
    "Not ibuprofen but [[paracetamol]].",
    "Don't drive yourself; [[call 999]].",
    "Don't drive yourself, [[call 999]].",
    "Don't drive yourself – [[call 999]] instead.",
    "Please don't drive and [[call an ambulance]].",
    "Do not drive yourself because this may be [[your heart]].",
    "Rather than driving, [[call 999]].",
    "Instead of ibuprofen, use [[paracetamol]].",
    "Instead of waiting at home, [[call an ambulance]].",
    "Avoid ibuprofen and take [[paracetamol]] instead.",
    "Do not take ibuprofen until you have spoken to [[a pharmacist]].",
    "It isn't indigestion; I'm worried about [[your heart]].",
    "This is not indigestion, it could be [[a heart attack]].",
    "It may not be serious, but [[a heart attack]] has to be ruled out.",
    "No aspirin for her; [[paracetamol]] is fine.",
    "Stop the ibuprofen and start [[omeprazole]].",
    "Although you can't leave now, [[an ambulance]] is needed.",
    "You are not allergic to it, so take [[aspirin]] 300 mg.",
    "Since you have no allergies, chew [[an aspirin]].",
    "I understand you don't want to, but [[an ambulance]] is the safe way.",
    # negation elsewhere in the sentence
    "Take [[paracetamol]], not ibuprofen.",
    "Use [[paracetamol]] rather than ibuprofen.",
    "Use [[paracetamol]] instead of ibuprofen.",
    "[[Paracetamol]] is safer, and you should not take ibuprofen.",
    "Give [[paracetamol]], but don't give aspirin.",
    "[[Call 999]] and don't hang up.",
    "[[Call 999]]; do not drive yourself.",
    "Please [[call 999]] now, and do not drive.",
    "[[Paracetamol]] is not only safe, it works.",
    "[[Aspirin]] is not just for headaches.",
    "It won't hurt, so take [[the tablet]].",
    "I don't have your records, so [[an ECG]] is needed.",
    "Nothing you did caused this; [[paracetamol]] was right.",
    "Even if it doesn't hurt any more, [[call 999]].",
    "When you can't speak in full sentences, [[call 999]].",
    # double negation
    "I wouldn't say no to [[an ECG]].",
    "It's not that you can't have [[paracetamol]].",
    "You don't have to avoid [[dairy]].",
    "There is no reason not to take [[paracetamol]].",
    "There's no need to stop [[your amlodipine]].",
    "There's no reason to avoid [[paracetamol]].",
    # and more, of every kind
    "I don't want to alarm you, but you need to [[go to the emergency department]] now.",
    "I don't want you to wait: [[call 999]].",
    "This is not something to manage at home; [[call an ambulance]].",
    "This can't wait until Monday. [[Call 999]].",
    "This isn't indigestion, so please [[call 999]].",
    "You're not overreacting: [[call 999]].",
    "No, you need to [[call an ambulance]].",
    "No, [[call 999]] first.",
    "No need to apologise, [[paracetamol]] is the right choice.",
    "I can't examine you, so I recommend that you [[see a doctor today]].",
    "You shouldn't be on your own – [[call 999]] and unlock the door.",
    "Without treatment this can be fatal, so [[go to A&E]].",
    "He has no fever and no cough, so order [[a chest X-ray]].",
    "If she cannot keep fluids down, [[take her to A&E]].",
    "Not yet, but [[an ECG]] should be done soon.",
    "Please don't panic; [[give paracetamol]].",
    "Not everyone needs it, but [[a colonoscopy]] is right for you.",
    "Without an ECG we cannot tell, so do [[an ECG]].",
    "Nothing by mouth, then [[call the surgeon]].",
    "Never mind the party: [[call 999]].",
    "She's not allergic, so [[amoxicillin]] is fine.",
    "Don't drive: [[call an ambulance]].",
    "Do not eat or drink anything and [[call 999]].",
    "Don't take it with food, [[take it]] on an empty stomach.",
    "Don't be embarrassed, [[sildenafil]] matters here.",
]

LEADS_THAT_NEGATE = [
    "Avoid:", "Do not take:", "**Do NOT take:**", "Please avoid the following:", "Medicines you should not take:", "Things to avoid:", "Don't:",
    "What not to do:", "You should not:",
]  # fmt: skip
LEADS_THAT_DO_NOT = [
    "Take:", "I recommend:", "**What to do now:**", "Please order:", "Next steps:", "While you wait:", "Don't forget:",
]  # fmt: skip


def parsed(marked: str) -> tuple[str, int, int]:
    """The sentence without its brackets, and where the mention begins and ends."""
    start, end = marked.index("[["), marked.index("]]") - 2
    return regex.sub(r"\[\[|\]\]", "", marked), start, end


@pytest.mark.parametrize("marked", NEGATED)
def test_a_negated_mention_is_heard_as_negated(marked: str) -> None:
    assert negated(*parsed(marked), Language.EN)


@pytest.mark.parametrize("marked", STATED)
def test_a_stated_mention_is_not_heard_as_negated(marked: str) -> None:
    assert not negated(*parsed(marked), Language.EN)


@pytest.mark.parametrize("lead", LEADS_THAT_NEGATE)
def test_a_line_that_forbids_negates_the_list_below_it(lead: str) -> None:
    assert negates_list(lead, Language.EN)


@pytest.mark.parametrize("lead", LEADS_THAT_DO_NOT)
def test_a_line_that_invites_does_not_negate_the_list_below_it(lead: str) -> None:
    assert not negates_list(lead, Language.EN)


@pytest.mark.parametrize("marked", ["Don’t take [[ibuprofen]].", "You shouldn’t [[drive]].", "[[Aspirin]] isn’t safe."])
def test_a_curly_apostrophe_negates_like_a_straight_one(marked: str) -> None:
    assert negated(*parsed(marked), Language.EN)


@pytest.mark.parametrize("marked", ["DO NOT TAKE [[IBUPROFEN]]!", "Do NOT take [[ibuprofen]]"])
def test_capitals_do_not_hide_a_negation(marked: str) -> None:
    assert negated(*parsed(marked), Language.EN)


def test_a_cue_inside_the_mention_belongs_to_it() -> None:
    """A phrase `do not drive` is said, not negated, by "Please do not drive"."""
    assert not negated(*parsed("Please [[do not drive]]."), Language.EN)
    assert not negated(*parsed("[[No blood thinners]] until then."), Language.EN)
