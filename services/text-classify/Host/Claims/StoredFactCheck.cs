using Google.Protobuf.WellKnownTypes;
using Moderation.TextClassify.Claims;
using Contract = Moderation.Contracts.V1;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>A fact-check with who imported it and when.</summary>
internal sealed record StoredFactCheck(FactCheck Check, string Creator, DateTimeOffset CreateTime)
{
    public static StoredFactCheck Of(Contract.FactCheck check) => new(Read(check), check.Creator, check.CreateTime.ToDateTimeOffset());

    /// <summary>The fact-check as a caller sent it.</summary>
    public static FactCheck Read(Contract.FactCheck check) => new(
        check.Claim.Trim(), check.Title, check.PublisherSite.Length > 0 ? check.PublisherSite : ClaimReviewReader.SiteOf(check.Address), check.PublisherName,
        check.Rating, check.Address, check.Language, check.ReviewTime?.ToDateTimeOffset());

    public Contract.FactCheck ToContract(bool counts) => new()
    {
        ClaimId = Check.ClaimId,
        Claim = Check.Claim,
        Title = Check.Title,
        PublisherSite = Check.PublisherSite,
        PublisherName = Check.PublisherName,
        Rating = Check.Rating,
        Address = Check.Address,
        Language = Check.Language,
        ReviewTime = Check.ReviewTime?.ToTimestamp(),
        Counts = counts,
        Creator = Creator,
        CreateTime = CreateTime.ToTimestamp(),
    };
}
