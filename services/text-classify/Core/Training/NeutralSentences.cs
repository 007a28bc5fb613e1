namespace Moderation.TextClassify.Training;

/// <summary>
/// Harmless sentences of our own making, for what the data sets lack: words of identity outside of attacks (or the words
/// become the attack), news about armed groups outside of propaganda (or the
/// topic does), criticism of the powerful outside of abuse (it is no harm at all here), and everyday talk in languages
/// whose clean examples come from quarrels. One set of sentences is learnt from, another only measured with.
/// </summary>
internal static class NeutralSentences
{
    /// <summary>The source name of sentences with words of identity.</summary>
    public const string Identity = "identity_neutral";

    /// <summary>The source name of sentences that report on armed groups.</summary>
    public const string News = "news_neutral";

    /// <summary>The source name of criticism of people and bodies in power.</summary>
    public const string Criticism = "criticism_neutral";

    /// <summary>The source name of everyday talk.</summary>
    public const string Everyday = "everyday_neutral";

    /// <summary>The source name of sentences that object to an attack; measured with, never learnt from.</summary>
    public const string CounterSpeech = "counter_speech";

    /// <summary>The source name of people's words about themselves; measured with, never learnt from.</summary>
    public const string Reclaimed = "reclaimed_use";

    /// <summary>The source name of reports and quotations of attacks; measured with, never learnt from.</summary>
    public const string Quotes = "quotes_of_attacks";

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

    private static readonly (string Language, string[] Terms, string[] Learnt, string[] Measured)[] Others =
    [
        ("de", ["schwule", "lesbische", "muslimische", "jüdische", "christliche", "türkische", "syrische", "schwarze", "arabische", "polnische", "russische", "behinderte", "afrikanische"],
            ["meine {0} Nachbarin hat Kuchen gebacken", "eine {0} Familie wohnt nebenan", "die {0} Gemeinde feiert am Sonntag", "er hat {0} Freunde", "meine {0} Kollegin hat heute Geburtstag", "die {0} Familie hat uns zum Essen eingeladen", "eine {0} Frau hat mir den Weg gezeigt", "{0} Menschen leben seit Jahren in unserer Stadt", "die {0} Studentin lernt für die Prüfung", "der Film erzählt von einer {0} Familie", "unsere {0} Gäste kommen am Freitag", "eine {0} Mannschaft hat das Turnier gewonnen", "ich lese ein Buch über {0} Geschichte", "die {0} Bäckerei an der Ecke ist gut", "wir haben {0} Nachbarn und verstehen uns prima", "die neue Bürgermeisterin ist eine {0} Juristin", "eine {0} Krankenschwester arbeitet hier", "{0} Musik höre ich gern", "{0} Gerichte stehen auf der Karte", "die {0} Ärztin hat heute Sprechstunde", "unsere {0} Lehrerin hilft allen", "eine {0} Köchin hat das Restaurant eröffnet", "das {0} Essen war köstlich", "{0} Freundinnen von mir singen im Chor", "eine {0} Autorin liest am Abend", "{0} Frauen arbeiten im Krankenhaus", "die {0} Lehrerin ist sehr beliebt", "Ausländer und Flüchtlinge lernen hier Deutsch"],
            ["eine {0} Ärztin hat mir geholfen", "die {0} Küche schmeckt mir"]),
        ("fr", ["gay", "lesbienne", "musulmane", "juive", "chrétienne", "arabe", "noire", "africaine", "chinoise", "handicapée", "trans"],
            ["ma voisine {0} a fait un gâteau", "une famille {0} habite ici", "mon amie {0} travaille à l'hôpital", "ma collègue {0} fête son anniversaire", "une femme {0} m'a montré le chemin", "la famille {0} nous a invités à dîner", "une étudiante {0} prépare son examen", "ma cousine est {0}", "ma tante {0} vit à Marseille", "je suis une femme {0}", "une chanteuse {0} passe à la radio", "la nouvelle maire est {0}", "le film raconte la vie d'une famille {0}", "notre médecin est {0} et très gentille", "une équipe {0} a gagné le tournoi", "je lis un livre sur la culture {0}", "la boulangère {0} du coin est adorable", "elle a grandi dans une famille {0}", "nos invitées {0} arrivent vendredi", "une professeure {0} a reçu un prix", "la personne {0} à côté de moi lisait", "je suis {0} et heureuse", "la communauté {0} fait la fête dimanche"],
            ["une infirmière {0} m'a aidé", "elle est {0}"]),
        ("pt", ["gay", "lésbica", "muçulmana", "judia", "cristã", "negra", "branca", "indígena", "nordestina", "trans", "deficiente"],
            ["minha vizinha {0} fez um bolo", "uma família {0} mora aqui", "minha amiga {0} trabalha no hospital", "minha colega {0} faz aniversário hoje", "uma mulher {0} me mostrou o caminho", "minha prima é {0}", "minha tia {0} mora em Recife", "uma estudante {0} passou na prova", "uma cantora {0} toca na rádio", "a nova prefeita é {0}", "o filme conta a vida de uma família {0}", "nossa médica é {0} e muito gentil", "uma atleta {0} ganhou a medalha", "li um livro sobre a cultura {0}", "ela cresceu numa família {0}", "uma professora {0} recebeu um prêmio", "a pessoa {0} ao meu lado lia um livro", "eu sou {0} e feliz", "a comunidade {0} faz festa no domingo"],
            ["uma enfermeira {0} me ajudou", "ela é {0}"]),
        ("es", ["gay", "lesbiana", "musulmana", "judía", "cristiana", "gitana", "negra", "blanca", "indígena", "marroquí", "colombiana", "trans", "inmigrante", "sorda"],
            ["mi vecina {0} hizo un pastel", "una familia {0} vive aquí", "mi amiga {0} trabaja en el hospital", "soy {0} y feliz", "la comunidad {0} celebra una fiesta el domingo", "la profesora {0} es muy querida", "hay personas como ella, {0}, en todas partes"],
            ["una enfermera {0} me ayudó", "ella es {0}", "leí un libro de una escritora {0}"]),
        ("zh", ["同性恋", "穆斯林", "犹太人", "基督徒", "黑人", "白人", "女人", "男人", "农民工", "藏族人", "维吾尔族人", "日本人", "韩国人", "外国人", "老人", "残疾人"],
            ["我的邻居是{0}", "{0}朋友给我做了蛋糕", "我是{0}，我很开心", "这位{0}医生很好", "很多{0}住在这里", "他采访了一位{0}作家"],
            ["一位{0}老师得奖了", "我和{0}同学一起吃饭"]),
        ("ko", ["게이", "레즈비언", "무슬림", "유대인", "기독교인", "흑인", "백인", "여성", "남성", "중국인", "일본인", "조선족", "장애인", "난민", "외국인 노동자"],
            ["우리 이웃은 {0}입니다", "{0} 친구가 케이크를 구워 줬어요", "{0} 동료의 생일이에요", "{0} 학생이 시험에 합격했어요", "옆집에 {0} 부부가 이사 왔다", "{0} 이야기를 다룬 영화를 봤어요", "{0} 손님이 저녁을 맛있게 먹었다", "우리 팀 주장은 {0}입니다", "{0} 문화에 대한 책을 읽고 있어요", "{0} 배우가 무대에 섰다", "어제 {0} 이웃과 산책했어요", "{0} 간호사가 어머니를 도와줬어요", "제 사촌은 {0}이에요", "{0} 모임이 일요일에 열려요", "나는 {0}이고 행복해요", "{0} 의사 선생님이 친절해요", "{0} 가족이 옆집에 살아요"],
            ["{0} 선생님이 상을 받았어요", "어제 {0} 작가를 만났다"]),
        ("ar", ["مسلم", "مسيحي", "يهودي", "مثلي", "أسود", "سوري", "مصري", "كردي", "لاجئ", "هندي"],
            ["جاري {0} وهو طيب", "صديقي {0} خبز كعكة", "أنا {0} وسعيد", "طبيب {0} يعمل في المستشفى"],
            ["معلم {0} فاز بالجائزة", "كاتب {0} زار مدرستنا"]),
        ("bn", ["মুসলিম", "হিন্দু", "খ্রিস্টান", "বৌদ্ধ", "সমকামী", "নারী", "পুরুষ", "আদিবাসী", "শরণার্থী", "প্রতিবন্ধী"],
            ["আমার {0} প্রতিবেশী কেক বানিয়েছে", "আমার বন্ধু {0}", "আমি {0} এবং সুখী", "একজন {0} ডাক্তার আমাদের হাসপাতালে কাজ করেন"],
            ["একজন {0} শিক্ষক পুরস্কার পেয়েছেন", "{0} লেখক আমাদের স্কুলে এসেছিলেন"]),
    ];

    private static readonly string[] Groups =
    [
        "ISIS", "Islamic State", "al-Qaeda", "the Taliban", "Boko Haram", "al-Shabaab", "Hezbollah", "Hamas", "the neo-Nazi group", "the far-right militia",
        "Nusra", "the rebels", "the jihadists", "the armed group", "ISIL", "Daesh", "the Ku Klux Klan", "the separatists",
    ];

    private static readonly string[] NewsLearnt =
    [
        "Police say {0} attacked a village on Monday", "Reuters: {0} claims responsibility for the bombing, 12 dead", "The UN condemned {0} for attacks on civilians",
        "Court sentences man for supporting {0}", "Families mourn the victims of {0}", "A documentary about how young people are recruited by {0}",
        "The army retook the town from {0}, officials said", "Analysts: what comes next for {0} in Syria and Iraq", "Refugees fled from {0} last year",
        "He wrote a book on the history of {0}", "The minister called {0} a threat to peace", "Survivors speak about life under {0}",
        "Two members of {0} were arrested at the border", "{0} destroyed the museum, archaeologists say", "Researchers study the propaganda of {0}",
        "I hate what {0} did to my country", "Airstrikes hit positions of {0} near Mosul, Aleppo and Raqqa", "Former hostage of {0} returns home",
    ];

    private static readonly string[] NewsMeasured =
    [
        "The news agency reports that {0} killed five soldiers", "A new study asks why {0} lost support", "Parliament votes on sanctions against {0}",
        "The museum opens an exhibition on the crimes of {0}", "Journalist killed by {0} remembered by colleagues",
    ];

    private static readonly string[] Powers =
    [
        "the president", "the prime minister", "the government", "the mayor", "the party", "the minister", "the police", "the king", "parliament", "the governor",
        "this senator", "the central bank", "the ruling party", "the opposition", "the general", "the court", "Congress", "the council", "our leaders", "the regime",
    ];

    private static readonly string[] CriticismLearnt =
    [
        "{0} failed us and has to resign", "The policy of {0} is a catastrophe", "{0} lied about the budget", "I will never vote for {0} again", "{0} is corrupt, look at the contracts",
        "Down with {0}", "Shame on {0} for cutting the hospitals", "We march against {0} on Saturday", "{0} does not care about ordinary people", "Worst decision of {0} so far",
        "Sign the petition against {0}", "{0} must answer for this scandal", "Why is nobody in {0} held to account?", "{0} is incompetent", "{0} broke every promise",
        "The speech of {0} was nonsense", "I disagree with {0} on taxes, it is a terrible law", "{0} should be ashamed", "Strike tomorrow until {0} listens", "{0} wastes our money",
    ];

    private static readonly string[] CriticismMeasured =
    [
        "What {0} did with the schools is a failure", "{0} ought to step down now", "Everyone is tired of {0} and the empty words", "Join the protest against {0} tonight",
        "{0} has ruined the economy",
    ];

    private static readonly (string Language, string[] Powers, string[] Learnt, string[] Measured)[] OtherCriticism =
    [
        ("de", ["Der Kanzler", "Die Regierung", "Die Ministerin", "Der Bürgermeister", "Die Partei", "Die Polizei"],
            ["{0} hat versagt und muss zurücktreten", "{0} belügt uns seit Jahren", "{0} verschwendet unser Geld", "{0} hat jedes Versprechen gebrochen", "{0} sollte sich schämen"],
            ["{0} ist völlig unfähig", "{0} hat die Wirtschaft ruiniert", "{0} gehört abgewählt", "Morgen demonstrieren wir: {0} muss endlich zuhören"]),
        ("fr", ["Le président", "Le gouvernement", "La ministre", "Le maire", "Le parti", "La police"],
            ["{0} nous a trahis et doit démissionner", "{0} ment depuis des années", "{0} gaspille notre argent", "{0} n'a tenu aucune promesse", "{0} devrait avoir honte"],
            ["{0} est incompétent, voilà tout", "{0} a ruiné l'économie", "{0} doit rendre des comptes", "Demain on manifeste : {0} doit nous écouter"]),
        ("es", ["El presidente", "El gobierno", "La ministra", "El alcalde", "El partido", "La policía"],
            ["{0} nos ha fallado y debe dimitir", "{0} miente desde hace años", "{0} malgasta nuestro dinero", "{0} no ha cumplido ninguna promesa", "{0} debería tener vergüenza"],
            ["{0} es un desastre y un incompetente", "{0} ha arruinado la economía", "{0} tiene que rendir cuentas", "Mañana protestamos: {0} nos tiene que escuchar"]),
        ("pt", ["O presidente", "O governo", "A ministra", "O prefeito", "O partido", "A polícia"],
            ["{0} falhou e tem que renunciar", "{0} mente há anos", "{0} desperdiça o nosso dinheiro", "{0} não cumpriu nenhuma promessa", "{0} devia ter vergonha"],
            ["{0} é incompetente e nada mais", "{0} acabou com a economia", "{0} precisa prestar contas", "Amanhã tem protesto: {0} vai ter que ouvir"]),
        ("zh", ["总统", "政府", "部长", "市长", "执政党", "警察"],
            ["{0}让我们失望，应该辞职", "{0}的政策是一场灾难", "{0}腐败透顶，看看那些合同", "我再也不会支持{0}了", "{0}根本不关心老百姓", "{0}欠我们一个解释", "{0}的讲话全是废话", "{0}把学校搞砸了", "大家都受够了{0}的空话", "请在反对{0}的请愿书上签名", "{0}没有能力管理这座城市", "{0}多年来一直在撒谎", "{0}浪费我们的钱", "{0}没有兑现任何承诺", "{0}应该感到羞耻"],
            ["{0}完全无能", "{0}毁了经济", "{0}必须给个交代", "明天去抗议，{0}必须听我们的"]),
    ];

    private static readonly (string Language, string[] Learnt, string[] Measured)[] Talk =
    [
        ("ar",
            ["صباح الخير", "مساء الخير يا جماعة", "كيف حالكم اليوم", "الجو جميل اليوم", "ذهبت إلى السوق واشتريت الخضار", "أحب القهوة في الصباح", "شكرا جزيلا لك", "عيد سعيد للجميع",
             "مباراة رائعة أمس", "ما هي أفضل وصفة للكبسة؟", "ابني نجح في الامتحان", "أين أجد مطعم جيد في القاهرة؟", "الحمد لله على كل حال", "قرأت كتابا ممتعا عن التاريخ",
             "سافرنا إلى البحر في العطلة", "الطبيب قال إن أمي بخير", "أخي يعمل مهندسا في شركة كبيرة", "هل تعرف موعد القطار؟", "الأسعار مرتفعة هذا الشهر", "أعلنت الوزارة نتائج الثانوية العامة",
             "تعلم اللغة العربية سهل وممتع", "نتمنى لكم يوما سعيدا", "من فضلك أرسل لي العنوان", "هذا الفيلم رائع جدا", "أنا مشغول الآن سأتصل بك لاحقا", "الحكومة تعلن عن مشروع جديد للنقل",
             "تأخر الباص اليوم بسبب المطر", "صديقي عنده حفلة زواج يوم الجمعة", "أطفالي يلعبون في الحديقة", "هل جربت المطعم الجديد؟", "تصبحون على خير", "الدرس غدا الساعة التاسعة",
             "أريد أن أشتري هاتفا جديدا", "المدينة القديمة جميلة في الليل", "مبروك عليك الوظيفة الجديدة", "رمضان كريم", "السياسة الاقتصادية فاشلة وعلى الوزير أن يستقيل", "أبي يزرع الزيتون في القرية"],
            ["يوم جميل في الحديقة مع العائلة", "متى يبدأ الدوام غدا؟", "طبخت أمي طعاما لذيذا", "فاز فريقنا بالمباراة", "أبحث عن شقة للإيجار", "شكرا على المساعدة يا صديقي", "وصلت الطائرة في الموعد", "القطط الصغيرة لطيفة جدا"]),
        ("es",
            ["buenos días a todos", "buenas noches, que descanséis", "hoy hace mucho sol", "qué frío hace esta mañana", "vamos a la playa con los primos", "fui al mercado a comprar verduras",
             "muchas gracias por tu ayuda", "qué partido tan bueno anoche", "feliz año a toda la familia", "mi hijo aprobó el examen", "¿dónde hay un buen restaurante en Sevilla?",
             "he leído un libro muy bonito", "el tren llega tarde otra vez", "el gobierno anuncia una ley nueva", "los precios suben cada mes", "mi madre hace la mejor tortilla",
             "busco piso para alquilar", "los niños juegan en el jardín", "¿conoces esta película?", "feliz cumpleaños amigo", "la reunión empieza a las nueve", "me encanta esta canción",
             "el médico dice que mi padre está bien", "mañana salimos de viaje", "mi perro duerme en el sofá", "hoy cocino paella para todos", "nos vemos el domingo en misa", "voy al gimnasio después del trabajo",
             "la profesora nos mandó deberes", "el café de la esquina está abierto", "llovió toda la noche en el pueblo", "¿quién viene al cine el viernes?"],
            ["hoy paseamos por el campo con los abuelos", "¿a qué hora abre la farmacia?", "mi hermana tuvo un bebé", "ganamos el torneo del barrio", "el autobús llegó puntual", "estoy aprendiendo a tocar la guitarra"]),
        ("fr",
            ["bonjour à tous", "il fait très beau aujourd'hui", "je vais au marché acheter des légumes", "merci beaucoup pour votre aide", "quel beau match hier soir", "bonne année à toute la famille",
             "mon fils a réussi son examen", "où trouver un bon restaurant à Lyon ?", "j'ai lu un livre passionnant", "nous partons à la mer cet été", "le train est en retard ce matin",
             "le gouvernement annonce une nouvelle loi", "la grève continue, les prix augmentent", "ma mère fait le meilleur gâteau", "je cherche un appartement à louer", "bon courage pour la rentrée",
             "les enfants jouent dans le jardin", "tu connais ce film ?", "joyeux anniversaire mon ami", "la réunion commence à neuf heures", "le ministre doit démissionner", "j'adore cette chanson"],
            ["la boulangerie ferme à midi", "mon chat dort sur le canapé", "qui vient au concert samedi ?", "le vol est arrivé à l'heure", "belle promenade en forêt avec les enfants"]),
    ];

    /// <summary>
    /// Rows with every label known and none holding: the learnt sentences as Train, the measured ones as Test; the word that a sentence was filled
    /// with stands in the auxiliary column.
    /// </summary>
    public static IEnumerable<TrainingRow> Rows()
    {
        foreach (var (language, terms, learnt, measured) in Others.Prepend(("en", English, EnglishLearnt, IdentityTemplates.Neutral)))
            foreach (var row in Filled(Identity, language, terms, learnt, measured)) yield return row;
        foreach (var row in Filled(News, "en", Groups, NewsLearnt, NewsMeasured)) yield return row;
        foreach (var (language, powers, learnt, measured) in OtherCriticism.Prepend(("en", Powers, CriticismLearnt, CriticismMeasured)))
            foreach (var row in Filled(Criticism, language, powers, learnt, measured)) yield return row;
        foreach (var (source, templates) in new[] { (CounterSpeech, IdentityTemplates.CounterSpeech), (Reclaimed, IdentityTemplates.Reclaimed), (Quotes, IdentityTemplates.Quotes) })
            foreach (var row in Filled(source, "en", English, [], templates)) yield return row;
        foreach (var (language, learnt, measured) in Talk)
            foreach (var row in Filled(Everyday, language, [""], learnt, measured)) yield return row;
    }

    private static IEnumerable<TrainingRow> Filled(string source, string language, string[] terms, string[] learnt, string[] measured)
    {
        const byte all = (1 << Models.TextLabels.Count) - 1;
        foreach (var term in terms)
        {
            foreach (var template in learnt) yield return Row(DataPart.Train, template, term);
            foreach (var template in measured) yield return Row(DataPart.Test, template, term);
        }

        TrainingRow Row(DataPart part, string template, string term) =>
            new(source, part, language, 0, all, template.Replace("{0}", term, StringComparison.Ordinal)) { Auxiliary = term };
    }
}
