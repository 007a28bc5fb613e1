using System.Security.Cryptography;
using System.Text;

namespace Moderation.TextClassify.Claims;

/// <summary>A published fact-check of one claim.</summary>
/// <param name="Claim">The claim that was checked.</param>
/// <param name="Title">The title of the fact-check; may be empty.</param>
/// <param name="PublisherSite">The host of the publisher's site, lower case without "www.".</param>
/// <param name="PublisherName">The publisher's name; may be empty.</param>
/// <param name="Rating">The rating in the publisher's words.</param>
/// <param name="Address">The address of the fact-check.</param>
/// <param name="Language">BCP 47; may be empty.</param>
/// <param name="ReviewTime">When it was published; null where it does not say.</param>
public sealed record FactCheck(
    string Claim, string Title, string PublisherSite, string PublisherName, string Rating, string Address, string Language, DateTimeOffset? ReviewTime)
{
    /// <summary>c_ and 24 hexadecimal digits: one for each address and claim, so that importing again changes nothing.</summary>
    public string ClaimId { get; } = "c_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Address + "\n" + Claim)))[..24];
}

/// <summary>What a fact-check must look like. All errors are found at once.</summary>
public static class FactCheckRules
{
    /// <summary>Everything that is wrong with a fact-check; empty when it can be stored. Fields as the contract names them.</summary>
    public static IEnumerable<(string Field, string Description)> Check(FactCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (check.Claim.Trim().Length == 0 || check.Claim.Length > 2000) yield return ("claim", "must be 1..2,000 characters");
        if (check.Title.Length > 500) yield return ("title", "must be at most 500 characters");
        if (Links.HostName.Canonical(check.PublisherSite) is null) yield return ("publisher_site", "must be a host such as factcheck.example");
        if (check.PublisherName.Length > 200) yield return ("publisher_name", "must be at most 200 characters");
        if (check.Rating.Trim().Length == 0 || check.Rating.Length > 200) yield return ("rating", "must be 1..200 characters");
        if (check.Address.Length > 2048 || !Uri.TryCreate(check.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            yield return ("address", "must be an http or https address of at most 2,048 characters");
        if (check.Language.Length > 35) yield return ("language", "must be a BCP 47 tag of at most 35 characters");
    }
}
