using System.Collections.Frozen;

namespace Moderation.TextClassify.Language;

/// <summary>
/// The most common words of languages in Latin letters, in the form that the normaliser leaves (no accents). A word of one
/// language counts 1 for it; one that several share counts the less for each the more there are.
/// </summary>
internal static class CommonWords
{
    private static readonly (string Language, string Words)[] Lists =
    [
        ("en", "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will my one all would there their what so up out if about who get which go me when make can like time no just him know take people into year your good some could them see other than then now look only come its over think also back after use two how our work first well way even new want because any these give day most us is are was were been has had did im dont cant its u ur lol thats youre yeah ok okay hey hi hello please thanks too am very really got here why where going gonna wanna shit fuck fucking ass bitch man"),
        ("de", "der die das und ist nicht ich du er sie es wir ihr ein eine einen einem einer eines zu den dem des mit auf fur von im am an aus bei nach wie auch nur noch so aber oder wenn dass als was wer wo warum hat haben hatte sind war waren wird werden wurde kann konnen muss mussen soll sollte mein dein sein seine ihre unser euch uns mich dich sich man mal doch schon immer sehr mehr alle alles keine kein nichts jetzt heute hier da dann ja nein bin bist seid uber unter vor durch gegen ohne um bis zum zur vom deutschland"),
        ("fr", "le la les un une des et est pas je tu il elle nous vous ils elles de du en que qui quoi dans pour sur avec ce cette ces mon ton son ma ta sa mes tes ses ne au aux par plus mais ou si tout tous comme etre avoir fait faire suis es sont etait ont ai as avons avez etes c d j l m n s t qu y bien tres aussi meme encore jamais toujours rien quand alors donc leur leurs votre notre chez sans sous entre ca cest jai merci bonjour oui non parce quelle quel va vais deux"),
        ("pt", "o os as um uma uns umas de do da dos das e em no na nos nas que nao para com por mais se eu tu ele ela nos voces voce vc eles elas me te lhe meu minha seu sua seus suas foi ser ter esta estou estao sao era ja muito muita tambem so mas ou quando como porque pra pro isso isto esse essa este aquele tem tenho vai vou fazer ao aos pelo pela ate depois agora ainda sem sobre entre bem mesmo tudo nada nunca sempre quem qual onde hoje aqui ali la nem gente cara mano bom boa dia kkk kkkk mds rt pq tbm"),
        ("fi", "ja on ei se etta en han ole oli mutta kun niin kuin mita joka myos tai jos vain nyt sen ovat mina sina me te he minun sinun taa tama nuo ne sita siita siella tassa tuo olla ollut olen olet voi kaikki mika mutta jo viela kyl kyllä kylla eli koska sitten vaikka aina paljon hyva ihan oma minulla sinulla suomi suomen eiko niita niiden tuon taman"),
        ("es", "el la los las un una unos unas de del y en que no para con por mas se yo tu ella nosotros ellos ellas usted ustedes me te le lo les nos mi mis su sus tus es son fue ser estar esta estas estoy estan era ya muy mucho mucha tambien pero o cuando como porque eso esto ese esa este aquel hay tiene tengo tienen va voy hacer al hasta despues ahora todavia sin sobre entre bien mismo todo todos nada nunca siempre quien donde hoy aqui alli ni gente hola gracias si dia bueno buena buenos puede puedo quiero hace han he ha desde cada otro otra"),
        ("it", "il lo la i gli le un uno una di del della dei delle degli e in nel nella nei nelle che non per con da dal dalla sul sulla al alla ai alle piu se io tu lui lei noi voi loro mi ti ci vi si mio mia tuo tua suo sua sono sei siamo siete era ero essere avere ho hai ha abbiamo hanno molto anche ma o quando come perche questo questa questi queste quello quella c e fare fatto tutto tutti niente mai sempre chi dove oggi qui qua li ancora adesso solo cosa ciao grazie dopo prima senza bene stato gia fa va anni quanto"),
        ("nl", "de het een en van ik te dat die in is niet hij zij ze wij jullie je jij u op aan met als voor zijn er maar om hem dan zou of wat mijn men dit zo door over bij ook tot mij uit der daar naar heb heeft hebben had waren was wordt worden werd kan kunnen moet moeten zal zullen wil geen nog al veel meer alleen wel niets nu vandaag hier waar wie waarom hoe deze deze onze ons hun haar goed gaan gaat doen doet weer altijd nooit iets alles omdat toch even mensen bent ben"),
        ("pl", "i w z na do nie sie to jest ze co jak ale o po za od przez dla czy tak juz tylko go jego jej ich mnie mi mam masz ma maja byl byla bylo byc sa jestem jestes tego tej tym ten ta te ktory ktora ktore kto gdzie kiedy dlaczego bo bardzo moze mozna moj moja twoj swoj wszystko wszyscy nic nigdy zawsze teraz dzis tutaj tu tam jeszcze bez pod nad przed przy oraz lub albo gdy jesli wiec niech nas was nam wam on ona oni my wy dobrze ludzie"),
        ("tr", "ve bir bu da de ne icin ile mi cok ama daha gibi o ben sen biz siz onlar var yok degil olarak olan kadar sonra en her ya ki diye nasil neden niye bana sana ona beni seni onu simdi hic hep butun kendi iyi guzel oldu olur olsun ediyor yapiyor gun evet hayir abi lan"),
        ("id", "yang dan di ke dari ini itu untuk dengan tidak pada adalah akan dalam juga bisa ada saya aku kamu dia mereka kami kita sudah belum tapi atau karena oleh seperti lebih banyak orang apa siapa kenapa bagaimana kalau jika sangat hanya lagi sekarang jangan mau harus boleh anda para gak nggak tak dah nak awak"),
        ("vi", "la va cua co khong cho toi ban nguoi mot nhung cac duoc trong nay do voi den khi da se rat nhu cung ve ra thi ma phai lam gi tai sao the nao biet minh anh chi em noi muon cach hay"),
        ("sv", "och att det som en ar pa av for med den till inte om ett han hon jag vi du ni de men sig fran var har hade kan ska skulle vill nar hur vad varfor eller sa bara min mitt din sin mycket alla allt ingen inget nu har da ocksa aven efter utan mot under blir blev vara varit man mig dig oss er dem"),
        ("da", "og at det som en er pa af for med den til ikke om et han hun jeg vi du de men sig fra var har havde kan skal skulle vil nar hvordan hvad hvorfor eller sa kun min mit din sin meget alle alt ingen intet nu her der ogsa efter uden mod under bliver blev vaere vaeret man mig dig os jer dem norge danmark hva hvor noe ikke jeg"),
        ("ro", "si in de la un o nu este ca cu pe pentru din mai sa se care au fost sunt dar ce eu tu el ea noi voi ei mi te il ii lui am ai are avem aveti cum cand unde foarte toate tot nimic acum aici asta acest aceasta doar sau daca fara despre dupa intre bine"),
        ("cs", "a se v na je to ze s z do i o k ve pro za by si ale jako tak co po uz jen jeho jsem jsi jsme jste jsou byl byla bylo byt ma mam mas kdo kde kdy proc jak ktery ktera ktere velmi take nebo kdyz protoze neni nic nikdy vzdy ted tady tam jeste bez pod nad pred muj tvuj svuj vsechno lidi"),
        ("sw", "na ya wa kwa ni za la katika cha kuwa hii hiyo huyo yake yangu yako wao mimi wewe sisi nini gani jinsi kama lakini pia sana watu mtu au hapa sasa bila kila naweza ninawezaje unaweza hawa vya vipi nifanye"),
        ("jv", "sing lan ing kanggo karo iki iku ora opo apa piye aku kowe dheweke awake kepiye carane wong bisa nganggo saka supaya yaiku utawa wis uga menyang kabeh kudu pancen kula panjenengan"),
        ("hu", "a az es hogy nem is egy van meg de ez azt csak ha mint mar ki mi te en o mert vagy ezt volt lesz kell igen nagyon minden most itt ott mit hol miert hogyan nekem neked ami aki ahogy vagyok vagyunk"),
        ("tl", "ang ng mga sa na at ay ako ko ikaw mo siya niya kami tayo sila hindi ito iyan para kung pero lang din rin may wala bakit paano ano sino saan ngayon talaga dahil"),
        ("nb", "og i det er som pa en et for med til av ikke jeg du han hun vi de seg fra var har hadde kan skal vil nar hvordan hva hvorfor eller sa bare min mitt meg deg noen noe etter ble blir vaere boken ferdig"),
        ("ca", "el la els les un una uns unes de del dels i en que no per amb mes pero quan com aixo aquest aquesta jo tu ell ella nosaltres vosaltres meu meva seu seva hem han has he es son era molt tot tambe ara aqui perque algu fins"),
        ("et", "ja on ei et see ta me ma sa te nad oli kui aga mis kes kas oma ka veel siis juba seda selle mulle sulle minu sinu olen oled oleme pole nii mida kus miks ara parast enne"),
        ("hr", "i je u na da se za su od s sa ne to koji koja koje kao ali ili iz po do sam si smo ste nije bio bila ovo sto tko gdje kad kada zasto moj moja vec samo jos"),
        ("sl", "in je v na da se za so od s z ne to ki kot pa ali iz po do sem si smo ste ni bil bila kaj kdo kje kdaj zakaj moj moja ze samo se ker ko bo bi"),
        ("sk", "a je v na ze sa to z s do o k ale ako tak co po uz len som si sme ste su bol bola bolo byt ma mam kto kde ked preco velmi alebo tiez moj moja nie"),
        ("sq", "dhe ne te e i nje per me nga se qe eshte ka une ti ai ajo ne ju ata por si kur ku cfare pse shume kam ke kemi jam je jemi nuk mos do im ime mua"),
        ("af", "die en is nie van het ek jy hy sy ons julle hulle in op te met vir wat dat om as maar ook my jou sal kan moet was waar hoe hoekom baie nog n daar dit"),
        ("lt", "ir yra i kad su is ne bet kaip tai jis ji jie as tu mes jus mano tavo buvo bus apie per po iki nuo del labai jau dar tik kas kur kada kodel kuris kuria"),
        ("lv", "un ir uz ka ar no ne bet ka tas ta vins vina vini es tu mes jus mans tavs bija bus par pie pec lidz loti jau vel tikai kas kur kad kapec kuru jo"),
        ("is", "og er ad i a sem en vid thad hann hun thau eg thu vid ekki um til fra med var hefur hafa minn min thinn af hvad hver hvar hvenaer hvernig mjog lika bara svo ef"),
    ];

    private static readonly FrozenDictionary<string, int[]> ByWord = Lists
        .SelectMany((list, index) => list.Words.Split(' ').Distinct().Select(word => (word, index)))
        .GroupBy(p => p.word, p => p.index)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private static readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByWord.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The languages, in the order of scores.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. Lists.Select(l => l.Language)];

    private static readonly FrozenDictionary<string, int> Indices = Languages.Select((tag, i) => (tag, i)).ToFrozenDictionary(p => p.tag, p => p.i);

    /// <summary>Where a language's score lies, or -1 where it has no words here.</summary>
    public static int IndexOf(string language) => Indices.GetValueOrDefault(language, -1);

    /// <summary>Adds a word's evidence.</summary>
    public static void Add(ReadOnlySpan<char> word, Span<float> scores)
    {
        if (!Lookup.TryGetValue(word, out var languages)) return;
        var share = 1f / languages.Length;
        foreach (var language in languages) scores[language] += share;
    }
}
