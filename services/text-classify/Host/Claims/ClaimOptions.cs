using Moderation.TextClassify.Claims;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>Whose fact-checks count.</summary>
internal sealed class ClaimOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Claims";

    /// <summary>The publishers: <c>Claims:Publishers:0:Site = factcheck.example</c>. None: no claim ever matches.</summary>
    public List<PublisherOptions> Publishers { get; set; } = [];

    /// <summary>The publishers as the core has them.</summary>
    /// <exception cref="ArgumentException">A site is no host.</exception>
    public PublisherList ToList() => new(Publishers.Select(p => new ClaimPublisher(p.Site, p.FalseRatings)));

    /// <summary>What is wrong, or null.</summary>
    public string? Problem()
    {
        try
        {
            ToList();
            return null;
        }
        catch (ArgumentException wrong)
        {
            return $"Claims:Publishers: {wrong.Message}";
        }
    }
}

/// <summary>A publisher whose ratings count.</summary>
internal sealed class PublisherOptions
{
    /// <summary>The host of its site; hosts below it count as well.</summary>
    public string Site { get; set; } = "";

    /// <summary>Its ratings that mean false, in its own words; none: the usual ones.</summary>
    public List<string> FalseRatings { get; set; } = [];
}
