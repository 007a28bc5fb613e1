using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.DropIn;

/// <summary>
/// The attributes of Perspective's API that are answered; the value is the index into an attribute model's outputs. There are as many as
/// labels, so that one form of model file holds either.
/// </summary>
public enum PerspectiveAttribute
{
    /// <summary>Rude, disrespectful or unreasonable: likely to make people leave a discussion.</summary>
    Toxicity = 0,

    /// <summary>Very hateful, aggressive or disrespectful.</summary>
    SevereToxicity = 1,

    /// <summary>Hateful towards somebody for their identity.</summary>
    IdentityAttack = 2,

    /// <summary>Insulting towards a person or group.</summary>
    Insult = 3,

    /// <summary>Swear words and obscene language.</summary>
    Profanity = 4,

    /// <summary>An intention to hurt somebody.</summary>
    Threat = 5,

    /// <summary>Sexual acts, body parts or other lewd content.</summary>
    SexuallyExplicit = 6,
}

/// <summary>The attributes' names on the wire.</summary>
public static class PerspectiveAttributes
{
    /// <summary>Number of attributes.</summary>
    public const int Count = TextLabels.Count;

    private const string Experimental = "_EXPERIMENTAL";

    private static readonly string[] Names =
        ["TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT", "SEXUALLY_EXPLICIT"];

    /// <summary>The name of an attribute, e.g. <c>SEVERE_TOXICITY</c>.</summary>
    public static string Name(PerspectiveAttribute attribute) => Names[(int)attribute];

    /// <summary>The attribute of a name; the older names that end in <c>_EXPERIMENTAL</c> mean the same. Null where there is none.</summary>
    public static PerspectiveAttribute? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var plain = name.EndsWith(Experimental, StringComparison.Ordinal) ? name[..^Experimental.Length] : name;
        var index = Array.IndexOf(Names, plain);
        return index < 0 ? null : (PerspectiveAttribute)index;
    }
}
