using System.CommandLine;
using Moderation.ModCtl.Train;

var root = new RootCommand("Operates the moderation suite.") { TrainCommand.Create() };
return await root.Parse(args).InvokeAsync();
