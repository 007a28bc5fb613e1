using Google.Protobuf;

namespace Moderation.ModCtl.Shell;

/// <summary>Messages of the contract as JSON, with the same names as over REST.</summary>
internal static class Json
{
    private static readonly JsonFormatter OneLineFormat = new(JsonFormatter.Settings.Default);
    private static readonly JsonFormatter IndentedFormat = new(JsonFormatter.Settings.Default.WithIndentation());

    public static string OneLine(IMessage message) => OneLineFormat.Format(message);

    public static string Indented(IMessage message) => IndentedFormat.Format(message);
}
