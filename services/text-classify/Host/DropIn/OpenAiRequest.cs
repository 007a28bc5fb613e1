using System.Text;
using System.Text.Json;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>
/// A request to OpenAI's moderation API: one input, a list of inputs, or one input in parts. Each input is judged for itself; the parts of
/// one are judged as one text. Pictures are refused: this suite compares them with hash banks and scores none.
/// </summary>
internal sealed record OpenAiRequest(IReadOnlyList<string> Inputs, string? Model)
{
    private const int MaxInputs = 256;
    private const int MaxTextBytes = 65_536;
    private const int MaxTextCodePoints = 20_000;

    /// <exception cref="DropInRefusal">The first thing that is wrong, as that API has it.</exception>
    public static OpenAiRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw OpenAiErrors.Invalid("We could not parse the JSON body of your request: it must be an object.");
        string? model = null;
        if (body.TryGetProperty("model", out var named) && named.ValueKind != JsonValueKind.Null)
            model = DropInGate.Text(named) ?? throw OpenAiErrors.Invalid("Invalid type for 'model': expected a string.", "model", "invalid_type");
        if (!body.TryGetProperty("input", out var input) || input.ValueKind == JsonValueKind.Null)
            throw OpenAiErrors.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter");
        return new OpenAiRequest(ReadInputs(input), model);
    }

    private static List<string> ReadInputs(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String) return [Text(input, "input")];
        if (input.ValueKind != JsonValueKind.Array || input.GetArrayLength() == 0)
            throw OpenAiErrors.Invalid("Invalid type for 'input': expected a string, or a list of strings or of objects that is not empty.", "input", "invalid_type");
        if (input.GetArrayLength() > MaxInputs)
            throw OpenAiErrors.Invalid($"Invalid 'input': list too long. Expected at most {MaxInputs} items, got {input.GetArrayLength()}.", "input", "array_above_max_length");
        if (input[0].ValueKind != JsonValueKind.Object) return [.. input.EnumerateArray().Select((item, i) => Text(item, $"input[{i}]"))];
        var parts = input.EnumerateArray().Select((item, i) => Part(item, $"input[{i}]")).ToList();
        return [Bounded(string.Join('\n', parts), "input")];
    }

    private static string Part(JsonElement part, string param)
    {
        var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var given) ? DropInGate.Text(given) : null;
        return type switch
        {
            "text" => part.TryGetProperty("text", out var text) ? Text(text, param + ".text") : throw OpenAiErrors.Invalid($"Missing required parameter: '{param}.text'.", param + ".text", "missing_required_parameter"),
            "image_url" => throw OpenAiErrors.Invalid("Image input is not supported by this model: only 'text' parts are.", param + ".type", "unsupported_image_input"),
            _ => throw OpenAiErrors.Invalid($"Invalid value for '{param}.type': supported values are: 'text'.", param + ".type", "invalid_value"),
        };
    }

    private static string Text(JsonElement element, string param) =>
        Bounded(DropInGate.Text(element) ?? throw OpenAiErrors.Invalid($"Invalid type for '{param}': expected a string of whole Unicode characters.", param, "invalid_type"), param);

    private static string Bounded(string text, string param)
    {
        if (text.Length <= MaxTextBytes && Encoding.UTF8.GetByteCount(text) <= MaxTextBytes && text.EnumerateRunes().Count() <= MaxTextCodePoints) return text;
        throw OpenAiErrors.Invalid(
            $"Invalid '{param}': string too long. Expected at most {MaxTextCodePoints} code points and {MaxTextBytes} bytes of UTF-8.", param, "string_above_max_length");
    }
}
