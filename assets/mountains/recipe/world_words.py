"""Words of the illustrated world: labels, captions of whole pictures, of boxes, and of boxes as pictures of their own."""
import random

LABELS = ("sky cloud sun moon glow star aurora rainbow snow rock slope lake forest meadow mist "
          "balloon birds cabin village bridge tent boat path river train").split()

NAMES = {  # names for a whole picture, alternatives separated by |
    "alpine": "snowy mountains|snow-capped peaks|high mountains with snow", "lake": "a calm lake|a lake|a mountain lake",
    "green": "green mountains|forested mountains|wooded mountains", "meadow": "a meadow|a green meadow|grass",
    "forest": "a pine forest|pine forest|conifer trees", "snowfield": "a snowy meadow|a snow-covered meadow|fresh snow"}
TIMES = {"dawn": "dawn|sunrise|early morning", "day": "day|a clear day|blue sky", "sunset": "sunset|the evening glow|evening",
         "night": "night|a starry night|moonlight"}
PATTERNS = ("{time} over {front} and {hills}|{hills} behind {front}, {time}|{hills}, {front}, {time}|{front} below {hills} at {time}|"
            "{time}, {front}, {hills}|{hills} and {front}, {time}|{time} over {hills}|{front}, {time}").split("|")
SKY = dict(dawn="pale dawn sky", day="clear blue sky", sunset="purple evening sky", night="dark night sky")
REGION = dict(
    cloud="clouds", sun="the sun", moon="the moon", glow="glowing sky", star="stars", aurora="northern lights", rainbow="a rainbow",
    snow="snowy mountain peak", rock="bare rock", slope="forested slope", lake="lake water", forest="pine trees", meadow="grass",
    mist="mist in the valley", balloon="a hot-air balloon", birds="birds", cabin="a log cabin", village="a village",
    bridge="a stone bridge", tent="a tent", boat="a boat", path="a path", river="a river", train="a train")
BOOST = dict(sun=25.0, moon=25.0, glow=1.5, star=20.0, balloon=12.0, birds=25.0, cabin=12.0, village=8.0, bridge=8.0, tent=12.0, boat=12.0,
             path=5.0, river=5.0, train=12.0, rainbow=8.0, aurora=4.0, cloud=2.0)  # small things that people name first
DEPTHS = ((1 / 24, "very close view of "), (1 / 6, "close view of "))  # sides of boxes below which a picture is a close-up
THINGS = ("cloud", "mist", "balloon", "birds", "cabin", "village", "bridge", "tent", "boat", "rainbow", "aurora", "path", "river", "train")
NAMED = dict(cloud="clouds", mist="mist", balloon="a hot-air balloon|hot-air balloons", cabin="a log cabin|log cabins")


def things_of(scene):
    """Labels of the things that the picture shows beside land, light and foreground."""
    return [k for k in THINGS if scene[k] > 0]


def named(scene, label):
    """How a caption names a thing: one or many."""
    one, many = (NAMED.get(label, REGION[label]) + "|").split("|")[:2]
    return many if many and scene[label] > 1 else one


def depth_of(side):
    """The words that say how close a view of a box of this side is; empty for wide views."""
    return next((words for limit, words in DEPTHS if side < limit), "")


def _land(scene, r):
    front = "snowfield" if scene["winter"] and scene["front"] == "meadow" else scene["front"]
    return dict(time=r.choice(TIMES[scene["time"]].split("|")), hills=r.choice(NAMES[scene["biome"]].split("|")),
                front=r.choice(NAMES[front].split("|")))


def caption(scene, rng=None):
    """A caption of the whole picture; rng (random.Random) varies the wording, without it the scene's seed does."""
    r = rng or random.Random(scene["seed"])
    text = r.choice(PATTERNS).format(**_land(scene, r))
    if scene["winter"] and r.random() < 0.5:
        text += " in winter"
    extra = [named(scene, k) for k in things_of(scene) if r.random() < 0.75]
    if not extra:
        return text
    r.shuffle(extra)
    return text + r.choice((" with ", ", ")) + (", ".join(extra[:-1]) + " and " if len(extra) > 1 else "") + extra[-1]


def plain_caption(scene):
    """A caption that names time, mountains and foreground, nothing else."""
    r = random.Random(scene["seed"])
    words = _land(scene, r)
    return r.choice(PATTERNS[:6]).format(**words)


def box_caption(scene, fractions, side=1.0):
    """What a box of this side shows, most prominent first, given its label shares; None when nothing stands out."""
    score = sorted(((float(v) * BOOST.get(k, 1.0), k) for k, v in zip(LABELS, fractions)), reverse=True)
    names = [("snow on the ground" if k == "meadow" and scene["winter"] else REGION.get(k, SKY[scene["time"]])) for v, k in score[:2] if v > 0.28]
    return depth_of(side) + " and ".join(names) if names else None


def view_caption(scene, fractions, side, rng=None):
    """A caption of a box as a picture of its own: of the whole where it is nearly that, else how close, what, and when."""
    if side > 0.7:
        return caption(scene, rng)
    r = rng or random.Random(scene["seed"])
    text = box_caption(scene, fractions, side) or depth_of(side) + "mountains"
    return text + r.choice((", ", " at ")) + r.choice(TIMES[scene["time"]].split("|")) if r.random() < 0.8 else text


WORDS = dict(  # what captions are made of, for whoever writes one
    light=[w for names in TIMES.values() for w in names.split("|")],
    land=[w for k in ("alpine", "green") for w in NAMES[k].split("|")] + [REGION[k] for k in ("snow", "rock", "slope")],
    foreground=[w for k in ("lake", "meadow", "forest", "snowfield") for w in NAMES[k].split("|")],
    things=["clouds", "mist", "in winter"] + [REGION[k] for k in ("sun", "moon", "star", "balloon", "birds", "cabin", "village", "bridge", "tent",
                                                                     "boat", "rainbow", "aurora", "path", "river", "train")])
