using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>Finds every statement of an assembly by its type, wherever it is kept: in static fields, in collections, inside of other objects.</summary>
internal static class Statements
{
    public static IReadOnlyList<(string Where, Statement Statement)> In(Assembly assembly) => In(assembly.GetTypes());

    public static IReadOnlyList<(string Where, Statement Statement)> In(params IEnumerable<Type> types)
    {
        var found = new List<(string, Statement)>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var type in types.Where(t => !t.ContainsGenericParameters && !t.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            foreach (
                var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            )
            {
                if (!field.IsLiteral && Holds(field.FieldType))
                {
                    Walk(field.GetValue(null), $"{type.FullName}.{field.Name}", found, seen);
                }
            }
        }
        return found;
    }

    private static void Walk(object? value, string where, List<(string, Statement)> found, HashSet<object> seen)
    {
        if (value is null || value is string || value is Delegate || value is Type || !seen.Add(value))
        {
            return;
        }
        if (value is Statement statement)
        {
            found.Add((where, statement));
            return;
        }
        if (value is IEnumerable items)
        {
            var index = 0;
            foreach (var item in items)
            {
                Walk(item, $"{where}[{index++}]", found, seen);
            }
        }
        for (var type = value.GetType(); type is not null && (IsOurs(type) || IsTuple(type)); type = type.BaseType)
        {
            foreach (
                var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                if (Holds(field.FieldType))
                {
                    Walk(field.GetValue(value), $"{where}.{field.Name}", found, seen);
                }
            }
        }
    }

    private static bool Holds(Type type) =>
        type == typeof(object)
        || IsOurs(type)
        || IsTuple(type)
        || (
            typeof(IEnumerable).IsAssignableFrom(type)
            && (type.IsArray ? Holds(type.GetElementType()!) : type.GetGenericArguments().Any(Holds))
        );

    private static bool IsOurs(Type type) =>
        type.Namespace?.StartsWith("Allianz.Portfolio", StringComparison.Ordinal) == true && type is { IsEnum: false, IsPrimitive: false };

    private static bool IsTuple(Type type) =>
        type.IsGenericType
        && (type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) || type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal));
}
