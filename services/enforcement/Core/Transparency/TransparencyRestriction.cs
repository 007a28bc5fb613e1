namespace Moderation.Enforcement;

/// <summary>The field of a DSA Transparency Database statement that a measure belongs to.</summary>
public enum TransparencyField
{
    /// <summary>decision_visibility, a list.</summary>
    Visibility,
    /// <summary>decision_provision.</summary>
    Provision,
    /// <summary>decision_account.</summary>
    Account,
}

/// <summary>How a measure is reported to the DSA Transparency Database.</summary>
/// <param name="Field">The field.</param>
/// <param name="Value">Its value.</param>
/// <param name="Other">What an OTHER value stands for; else empty.</param>
public sealed record TransparencyRestriction(TransparencyField Field, string Value, string Other = "")
{
    /// <summary>A restriction of what others see.</summary>
    public static TransparencyRestriction Visibility(string value) => new(TransparencyField.Visibility, value);

    /// <summary>
    /// A measure that none of the database's values names. It must name one, and this is the only list with an OTHER that fits.
    /// </summary>
    public static TransparencyRestriction OtherVisibility(string other) => new(TransparencyField.Visibility, "DECISION_VISIBILITY_OTHER", other);

    /// <summary>A restriction of the service.</summary>
    public static TransparencyRestriction Provision(string value) => new(TransparencyField.Provision, value);

    /// <summary>A restriction of the account.</summary>
    public static TransparencyRestriction Account(string value) => new(TransparencyField.Account, value);
}
