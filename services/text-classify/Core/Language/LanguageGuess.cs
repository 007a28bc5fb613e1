namespace Moderation.TextClassify.Language;

/// <summary>What language a text is in, and whether the model has learnt from that language.</summary>
/// <param name="Tag">BCP 47; "und" where it cannot be told, "und-Cyrl" and the like where only the script can.</param>
/// <param name="InDomain">False where the model has no training data, so that its scores would mean nothing.</param>
public readonly record struct LanguageGuess(string Tag, bool InDomain);
