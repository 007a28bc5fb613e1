namespace Moderation.TextClassify.Models;

/// <summary>
/// What the model scores; the value is the index into its outputs. Child sexual exploitation is not among them and never
/// will be: it is a matter for hash lists and people.
/// </summary>
public enum TextLabel
{
    /// <summary>Threats, incitement to and glorification of violence.</summary>
    Violence = 0,

    /// <summary>Support of, recruitment for and propaganda of violent extremist groups.</summary>
    ViolentExtremism = 1,

    /// <summary>Sexually explicit text about adults.</summary>
    Sexual = 2,

    /// <summary>Fraud, phishing and unsolicited advertising.</summary>
    FraudSpam = 3,

    /// <summary>Attacks on people for a protected characteristic.</summary>
    Hate = 4,

    /// <summary>Insults and abuse aimed at a person.</summary>
    Harassment = 5,

    /// <summary>Intent of or encouragement to suicide or self-injury.</summary>
    SelfHarm = 6,
}

/// <summary>The labels' names in data files and manifests.</summary>
public static class TextLabels
{
    /// <summary>Number of labels, and the length of every span of scores.</summary>
    public const int Count = 7;

    private static readonly string[] Names =
        ["violence", "violent_extremism", "sexual", "fraud_spam", "hate", "harassment", "self_harm"];

    /// <summary>The name of a label, e.g. <c>self_harm</c>.</summary>
    public static string Name(TextLabel label) => Names[(int)label];

    /// <summary>The index of a name, or -1 where no label has it.</summary>
    public static int IndexOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Names.Length; i++)
            if (name.SequenceEqual(Names[i])) return i;
        return -1;
    }
}
