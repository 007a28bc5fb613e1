using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Ingest;

/// <summary>
/// A post inside a CloudEvent (JSON envelope, version 1.0): <c>data</c> is a SubmitPostRequest in proto3 JSON, as an object or as text, or
/// <c>data_base64</c> is one in protobuf's binary form.
/// </summary>
public static class CloudEventPost
{
    private const int MaxIdLength = 256;

    /// <summary>Reads a message.</summary>
    /// <param name="body">The envelope.</param>
    /// <param name="id">The envelope's id, for the log; empty when there is none that can be logged.</param>
    /// <param name="request">The request in it.</param>
    /// <param name="wrong">What is wrong, without anything of the post.</param>
    /// <returns>Whether it is one. What is none now will be none later.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> body, out string id, [NotNullWhen(true)] out SubmitPostRequest? request, [NotNullWhen(false)] out string? wrong)
    {
        (id, request) = ("", null);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                wrong = "the body is no CloudEvent: a JSON object is needed";
                return false;
            }

            id = Id(document.RootElement);
            wrong = Read(document.RootElement, out request);
        }
        catch (JsonException)
        {
            wrong = "the body is no JSON";
        }
        catch (Exception unreadable) when (unreadable is InvalidProtocolBufferException or InvalidJsonException)
        {
            wrong = "data is no SubmitPostRequest";
        }

        return request is not null && wrong is null;
    }

    private static string? Read(JsonElement envelope, out SubmitPostRequest? request)
    {
        request = null;
        if (!envelope.TryGetProperty("specversion", out var version) || version.ValueKind != JsonValueKind.String || version.GetString() != "1.0")
        {
            return "specversion must be 1.0";
        }

        if (envelope.TryGetProperty("data_base64", out var binary))
        {
            if (binary.ValueKind != JsonValueKind.String || !binary.TryGetBytesFromBase64(out var bytes))
            {
                return "data_base64 must be base64";
            }

            request = SubmitPostRequest.Parser.ParseFrom(bytes);
            return null;
        }

        if (!envelope.TryGetProperty("data", out var data) || data.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
        {
            return "data or data_base64 is missing";
        }

        request = SubmitPostRequest.Parser.ParseJson(data.ValueKind == JsonValueKind.String ? data.GetString() ?? "" : data.GetRawText());
        return null;
    }

    // Only what may stand in a log: an id of another system can be anything.
    private static string Id(JsonElement envelope)
        => envelope.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: <= MaxIdLength } text
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/')
            ? text
            : "";
}
