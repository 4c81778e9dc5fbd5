namespace SeniorIoT.Server.Storage;

/// <summary>A file was written by a newer version of the program. The message says what to do; the file was not touched.</summary>
internal sealed class NewerFileException(string message) : Exception(message);
