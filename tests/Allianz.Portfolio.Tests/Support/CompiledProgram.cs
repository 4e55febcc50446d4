using Mono.Cecil;

namespace Allianz.Portfolio.Tests;

/// <summary>The program as the compiler wrote it: which types each type refers to, in signatures, attributes and bodies of methods.</summary>
internal sealed class CompiledProgram : IDisposable
{
    private readonly AssemblyDefinition _assembly;

    public CompiledProgram(string file) => _assembly = AssemblyDefinition.ReadAssembly(file);

    /// <summary>Types that stand in no other one. What the compiler made for itself has no namespace and is left out.</summary>
    public IEnumerable<TypeDefinition> Types => _assembly.MainModule.Types.Where(type => type.Namespace.Length > 0);

    /// <summary>The types, of whatever assembly, that a type and those within it refer to; nested ones by the one that they stand in.</summary>
    public static IReadOnlySet<string> Uses(TypeDefinition type)
    {
        var found = new HashSet<string>();
        foreach (var part in WithNested(type))
        {
            Note(found, part.BaseType);
            Note(found, part.Interfaces.Select(i => i.InterfaceType));
            Note(found, part.Fields.Select(field => field.FieldType));
            Note(found, part.Properties.Select(property => property.PropertyType));
            Note(found, part.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(c => c.ConstraintType));
            foreach (
                var attributed in new ICustomAttributeProvider[] { part }
                    .Concat(part.Fields)
                    .Concat(part.Properties)
                    .Concat(part.Methods)
            )
            {
                Note(found, attributed.CustomAttributes.SelectMany(Mentioned));
            }
            foreach (var method in part.Methods)
            {
                Note(found, Signature(method));
                Note(found, method.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(c => c.ConstraintType));
                foreach (var parameter in method.Parameters)
                {
                    Note(found, parameter.CustomAttributes.SelectMany(Mentioned));
                }
                if (method.HasBody)
                {
                    Note(found, method.Body.Variables.Select(variable => variable.VariableType));
                    Note(found, method.Body.ExceptionHandlers.Select(handler => handler.CatchType));
                    Note(found, method.Body.Instructions.SelectMany(instruction => Named(instruction.Operand)));
                }
            }
        }
        return found;
    }

    /// <summary>The methods that a type and those within it call, as <c>Namespace.Type::Method</c>.</summary>
    public static IEnumerable<string> Calls(TypeDefinition type) =>
        WithNested(type)
            .SelectMany(part => part.Methods)
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions)
            .Select(instruction => instruction.Operand)
            .OfType<MethodReference>()
            .Select(called => $"{called.DeclaringType.GetElementType().FullName}::{called.Name}");

    public void Dispose() => _assembly.Dispose();

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        [method.ReturnType, method.DeclaringType, .. method.Parameters.Select(parameter => parameter.ParameterType)];

    private static IEnumerable<TypeReference> Named(object? operand) =>
        operand switch
        {
            TypeReference type => [type],
            GenericInstanceMethod method => [.. Signature(method), .. method.GenericArguments],
            MethodReference method => Signature(method),
            FieldReference field => [field.DeclaringType, field.FieldType],
            _ => [],
        };

    private static IEnumerable<TypeReference> Mentioned(CustomAttribute attribute) =>
        attribute
            .ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument))
            .SelectMany(argument => argument.Value is TypeReference type ? [argument.Type, type] : new[] { argument.Type })
            .Prepend(attribute.AttributeType);

    private static void Note(HashSet<string> found, IEnumerable<TypeReference?> types)
    {
        foreach (var type in types)
        {
            Note(found, type);
        }
    }

    private static void Note(HashSet<string> found, TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                Note(found, generic.GenericArguments);
                Note(found, generic.ElementType);
                return;
            case IModifierType modified:
                Note(found, modified.ModifierType);
                Note(found, modified.ElementType);
                return;
            case TypeSpecification specified:
                Note(found, specified.ElementType);
                return;
        }
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }
        found.Add(type.FullName);
    }
}
