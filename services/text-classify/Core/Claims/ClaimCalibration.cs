namespace Moderation.TextClassify.Claims;

/// <summary>
/// The probability that a text repeats the claim that was found first for it. A logistic regression on the training part of the CLEF-2020
/// CheckThat! claims (800 tweets that repeat one) and 497 unrelated comments, its intercept lowered by 1.54 so that it holds where one text in
/// five repeats a claim: most of a platform's posts repeat none, and a fact-check shown under the wrong post is worse than none shown.
/// </summary>
internal static class ClaimCalibration
{
    private const float Intercept = -6.326f - 1.54f;

    /// <summary>The probability, 0 to 1.</summary>
    /// <param name="textCovered">Share of the text's words, weighed by rarity, that title and claim have.</param>
    /// <param name="claimCovered">Share of the claim's words that the text has.</param>
    /// <param name="titleCovered">Share of the title's words that the text has.</param>
    /// <param name="score">The score of the ranking.</param>
    /// <param name="lead">How far the score lies before the next, as a share of it.</param>
    /// <param name="pairs">Pairs of neighbouring words in common.</param>
    /// <param name="words">Distinct words of the text.</param>
    public static float Probability(float textCovered, float claimCovered, float titleCovered, float score, float lead, int pairs, int words)
    {
        var odds = Intercept - 0.959f * textCovered + 6.504f * claimCovered + 1.061f * titleCovered + 2.045f * MathF.Log(1 + score) / 4 + 3.533f * lead
            + 3.113f * MathF.Log(1 + pairs) / 2 + 1.005f * MathF.Log(1 + words) / 4;
        return 1 / (1 + MathF.Exp(-odds));
    }
}
