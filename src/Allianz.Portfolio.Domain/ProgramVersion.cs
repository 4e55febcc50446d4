using System.Reflection;

namespace Allianz.Portfolio.Domain;

/// <summary>The version of the program, as <c>Directory.Build.props</c> says it.</summary>
public static class ProgramVersion
{
    /// <summary>The number alone: <c>0.9.0</c>.</summary>
    public static string Number { get; } =
        typeof(ProgramVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            // A build from a working copy of git adds the commit, which is for operators.
            .InformationalVersion.Split('+')[0];

    /// <summary>With the name of the program: <c>Allianz.Portfolio 0.9.0</c>.</summary>
    public static string Name { get; } = $"Allianz.Portfolio {Number}";
}
