System.Console.WriteLine("no scenario given");
