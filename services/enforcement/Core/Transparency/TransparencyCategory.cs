namespace Moderation.Enforcement;

/// <summary>
/// A harm as the DSA Transparency Database names it. A keyword is given only where ours is the same by definition: a platform's rule about hate
/// or extremism says nothing about whether a post was illegal, and their keywords for it do.
/// </summary>
/// <param name="Category">Their category.</param>
/// <param name="Keyword">Their keyword below it; empty for none.</param>
/// <param name="KeywordOther">What KEYWORD_OTHER stands for; else empty.</param>
public sealed record TransparencyCategory(string Category, string Keyword = "", string KeywordOther = "")
{
    /// <summary>
    /// The category of a harm. Their category of civic discourse and elections, and the keywords below it, are the target of none: there is no
    /// harm of that kind here, and a claim that a fact-check has rated false is answered under the platform's own rules whatever it is about.
    /// </summary>
    public static TransparencyCategory Of(HarmCategory category) => category switch
    {
        HarmCategory.Violence => new("STATEMENT_CATEGORY_VIOLENCE"),
        HarmCategory.ViolentExtremism => new("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"),
        HarmCategory.SexualContent => new("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_ADULT_SEXUAL_MATERIAL"),
        HarmCategory.ChildSexualExploitation => new("STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"),
        HarmCategory.FraudSpam => new("STATEMENT_CATEGORY_SCAMS_AND_FRAUD"),
        HarmCategory.Harassment => new("STATEMENT_CATEGORY_CYBER_VIOLENCE", "KEYWORD_CYBER_HARASSMENT"),
        HarmCategory.Hate => new("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"),
        HarmCategory.SelfHarm => new("STATEMENT_CATEGORY_SELF_HARM"),
        HarmCategory.FalseClaim => new("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER",
            "A claim that a published fact-check has rated false"),
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "no harm of the taxonomy"),
    };
}
