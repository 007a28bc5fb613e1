using System.Globalization;
using System.Text.Json;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>
/// A report to the authority's receiver, shaped like a report of the CyberTipline API (report, incidentSummary, internetDetails, reporter,
/// personOrUserReported, fileDetails), as JSON. It holds no media and no text: these are asked for under the law, with the report's id.
/// </summary>
internal static class AuthorityReport
{
    // The value of the CyberTipline schema's incidentType for this harm.
    private const string IncidentType = "Child Pornography (possession, manufacture, and distribution)";

    /// <summary>The body of a report.</summary>
    public static byte[] Write(PreservationRecord record, AuthorityReportOptions options)
    {
        var (told, content) = (record.Preservation, record.Content);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("report");
            writer.WriteString("reportId", told.PreservationId);
            writer.WriteStartObject("incidentSummary");
            writer.WriteString("incidentType", IncidentType);
            writer.WriteString("incidentDateTime", Time(content.Facts?.IntakeTime?.ToDateTimeOffset() ?? told.CreateTime.ToDateTimeOffset()));
            writer.WriteEndObject();
            WritePlace(writer, content.Facts?.ReviewUrl ?? "");
            WriteReporter(writer, options);
            writer.WriteStartObject("personOrUserReported");
            writer.WriteString("espIdentifier", told.AccountId);
            writer.WriteString("espService", told.TenantId);
            writer.WriteEndObject();
            writer.WriteString("additionalInfo", $"Post {told.PostId}, decided {Time(told.CreateTime.ToDateTimeOffset())} by a person as {told.DecisionId}. "
                + $"Records are preserved until {Time(told.ExpireTime.ToDateTimeOffset())} under {told.LegalGround}.");
            writer.WriteEndObject();
            WriteFiles(writer, content);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WritePlace(Utf8JsonWriter writer, string url)
    {
        if (url.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("internetDetails");
        writer.WriteStartObject();
        writer.WriteStartObject("webPageIncident");
        writer.WriteString("url", url);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteReporter(Utf8JsonWriter writer, AuthorityReportOptions options)
    {
        writer.WriteStartObject("reporter");
        writer.WriteString("companyName", options.Provider);
        if (options.ContactEmail.Length > 0)
        {
            writer.WriteStartObject("contactPerson");
            writer.WriteString("email", options.ContactEmail);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteFiles(Utf8JsonWriter writer, PreservedContent content)
    {
        writer.WriteStartArray("fileDetails");
        foreach (var media in content.Facts?.MediaIds ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("fileId", media);
            writer.WriteBoolean("fileViewedByEsp", false); // the queue is worked without the media
            writer.WriteBoolean("publiclyAvailable", true); // only public posts are taken in
            WriteHash(writer, media);
            WriteMatches(writer, content.Matches.Where(m => m.MediaId == media));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // A media id is m_<SHA-256 of the bytes>.
    private static void WriteHash(Utf8JsonWriter writer, string media)
    {
        if (media.Split('_') is not ["m", { Length: 64 } hash])
        {
            return;
        }

        writer.WriteStartArray("originalFileHash");
        writer.WriteStartObject();
        writer.WriteString("hashType", "SHA256");
        writer.WriteString("value", hash);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteMatches(Utf8JsonWriter writer, IEnumerable<Contracts.V1.BankMatch> matches)
    {
        writer.WriteStartArray("additionalInfo");
        foreach (var match in matches)
        {
            writer.WriteStringValue(string.Create(
                CultureInfo.InvariantCulture, $"Matches {match.BankId}/{match.EntryId} by {match.Kind} at distance {match.Distance}."));
        }

        writer.WriteEndArray();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
