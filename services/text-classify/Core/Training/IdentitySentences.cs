namespace Moderation.TextClassify.Training;

/// <summary>
/// Neutral sentences with words of identity, of our own making: training data in which such words are attacked teach a
/// model that the words are the attack. One set of sentences is learnt from, another only measured with.
/// </summary>
internal static class IdentitySentences
{
    /// <summary>The source name of these rows.</summary>
    public const string Source = "identity_neutral";

    private static readonly string[] English =
    [
        "gay", "lesbian", "bisexual", "transgender", "trans", "queer", "straight", "muslim", "jewish", "christian", "hindu", "buddhist", "sikh",
        "atheist", "catholic", "black", "white", "asian", "arab", "african", "african american", "latino", "hispanic", "mexican", "chinese", "japanese",
        "korean", "indian", "pakistani", "bangladeshi", "turkish", "syrian", "iranian", "palestinian", "israeli", "russian", "ukrainian", "polish",
        "german", "french", "american", "european", "immigrant", "migrant", "refugee", "native american", "indigenous", "roma", "disabled", "deaf",
        "blind", "autistic", "old", "young", "female", "male", "nonbinary", "feminist", "kurdish", "tibetan", "uyghur", "vietnamese", "somali", "nigerian",
    ];

    private static readonly string[] EnglishLearnt =
    [
        "I am a {0} man", "I am a {0} woman", "I'm {0} and proud of it", "my {0} neighbour baked a cake", "my best friend is {0}",
        "we met a {0} family on holiday", "she grew up in a {0} home", "the {0} community held a street party on Sunday", "as a {0} person I love this town",
        "he is a {0} doctor at our hospital", "a {0} teacher won the award", "the film tells the story of a {0} couple", "are you {0}?", "being {0} is fine",
        "{0} people live here", "there are many {0} students in my class", "my {0} colleagues are great", "I read a book by a {0} author",
        "our new mayor is {0}", "{0} rights are human rights", "he came out as {0} last year", "the {0} club meets on Tuesday", "two {0} women opened a bakery",
        "I want to learn more about {0} culture", "thanks to my {0} friends for the support", "{0}", "I am {0}", "they are {0}", "my wife is {0}",
        "a {0} boy plays football with my son", "happy holidays to all my {0} followers", "{0} history month starts today", "{0} artists exhibit in the gallery",
    ];

    private static readonly string[] EnglishMeasured =
    [
        "my {0} uncle repairs bicycles", "I have been {0} all my life", "the {0} choir sings tonight", "a {0} nurse helped my mother", "is your cousin {0}?",
        "our {0} guests enjoyed the dinner", "{0} voters queued in the rain", "she married a {0} engineer", "the survey asked {0} people about their commute",
        "I interviewed a {0} writer for the school paper",
    ];

    private static readonly (string Language, string[] Terms, string[] Learnt, string[] Measured)[] Others =
    [
        ("de", ["schwule", "lesbische", "muslimische", "jüdische", "christliche", "türkische", "syrische", "schwarze", "arabische", "polnische", "russische", "behinderte", "afrikanische"],
            ["meine {0} Nachbarin hat Kuchen gebacken", "eine {0} Familie wohnt nebenan", "die {0} Gemeinde feiert am Sonntag", "er hat {0} Freunde", "{0} Frauen arbeiten im Krankenhaus", "die {0} Lehrerin ist sehr beliebt", "Ausländer und Flüchtlinge lernen hier Deutsch"],
            ["eine {0} Ärztin hat mir geholfen", "die {0} Küche schmeckt mir"]),
        ("fr", ["gay", "lesbienne", "musulmane", "juive", "chrétienne", "arabe", "noire", "africaine", "chinoise", "handicapée", "trans"],
            ["ma voisine {0} a fait un gâteau", "une famille {0} habite ici", "mon amie {0} travaille à l'hôpital", "je suis {0} et heureuse", "la communauté {0} fait la fête dimanche"],
            ["une infirmière {0} m'a aidé", "elle est {0}"]),
        ("pt", ["gay", "lésbica", "muçulmana", "judia", "cristã", "negra", "branca", "indígena", "nordestina", "trans", "deficiente"],
            ["minha vizinha {0} fez um bolo", "uma família {0} mora aqui", "minha amiga {0} trabalha no hospital", "eu sou {0} e feliz", "a comunidade {0} faz festa no domingo"],
            ["uma enfermeira {0} me ajudou", "ela é {0}"]),
        ("zh", ["同性恋", "穆斯林", "犹太人", "基督徒", "黑人", "白人", "女人", "男人", "农民工", "藏族人", "维吾尔族人", "日本人", "韩国人", "外国人", "老人", "残疾人"],
            ["我的邻居是{0}", "{0}朋友给我做了蛋糕", "我是{0}，我很开心", "这位{0}医生很好", "很多{0}住在这里", "他采访了一位{0}作家"],
            ["一位{0}老师得奖了", "我和{0}同学一起吃饭"]),
        ("ko", ["게이", "레즈비언", "무슬림", "유대인", "기독교인", "흑인", "백인", "여성", "남성", "중국인", "일본인", "조선족", "장애인", "난민", "외국인 노동자"],
            ["우리 이웃은 {0}입니다", "{0} 친구가 케이크를 구워 줬어요", "나는 {0}이고 행복해요", "{0} 의사 선생님이 친절해요", "{0} 가족이 옆집에 살아요"],
            ["{0} 선생님이 상을 받았어요", "어제 {0} 작가를 만났다"]),
        ("ar", ["مسلم", "مسيحي", "يهودي", "مثلي", "أسود", "سوري", "مصري", "كردي", "لاجئ", "هندي"],
            ["جاري {0} وهو طيب", "صديقي {0} خبز كعكة", "أنا {0} وسعيد", "طبيب {0} يعمل في المستشفى"],
            ["معلم {0} فاز بالجائزة", "كاتب {0} زار مدرستنا"]),
        ("bn", ["মুসলিম", "হিন্দু", "খ্রিস্টান", "বৌদ্ধ", "সমকামী", "নারী", "পুরুষ", "আদিবাসী", "শরণার্থী", "প্রতিবন্ধী"],
            ["আমার {0} প্রতিবেশী কেক বানিয়েছে", "আমার বন্ধু {0}", "আমি {0} এবং সুখী", "একজন {0} ডাক্তার আমাদের হাসপাতালে কাজ করেন"],
            ["একজন {0} শিক্ষক পুরস্কার পেয়েছেন", "{0} লেখক আমাদের স্কুলে এসেছিলেন"]),
    ];

    /// <summary>Rows with every label known and none holding: the learnt sentences as Train, the measured ones as Test.</summary>
    public static IEnumerable<TrainingRow> Rows()
    {
        const byte all = (1 << Models.TextLabels.Count) - 1;
        foreach (var (language, terms, learnt, measured) in Others.Prepend(("en", English, EnglishLearnt, EnglishMeasured)))
        foreach (var term in terms)
        {
            foreach (var template in learnt) yield return Row(DataPart.Train, template, term);
            foreach (var template in measured) yield return Row(DataPart.Test, template, term);
        }

        TrainingRow Row(DataPart part, string template, string term) =>
            new(Source, part, CurrentLanguage(term), 0, all, template.Replace("{0}", term, StringComparison.Ordinal));
    }

    private static string CurrentLanguage(string term)
    {
        foreach (var (language, terms, _, _) in Others)
            if (terms.Contains(term)) return language;
        return "en";
    }
}
