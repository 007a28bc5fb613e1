using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models</c>: the models that score texts.</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal) => new("models", "Lists, shows, compares and switches the models that score texts.")
    {
        ModelsListCommand.Create(terminal),
        ModelsShowCommand.Create(terminal),
        ModelsSwitchCommand.Create(terminal, "promote", "Makes a model live; the one whose place it takes is then off.", TextModelState.Live),
        ModelsSwitchCommand.Create(terminal, "shadow", "Lets a model score what the live one scores, without any effect.", TextModelState.Shadow),
        ModelsSwitchCommand.Create(terminal, "off", "Switches a shadow off.", TextModelState.Off),
        ModelsCompareCommand.Create(terminal),
        ModelsHistoryCommand.Create(terminal),
    };

    public static Argument<string> Model() => new("MODEL") { Description = "The model: the name of its folder" };

    public static TextModelService.TextModelServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
