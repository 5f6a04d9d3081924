# Asks for a minor version that this is not.
find_package(stormglass 0.2 REQUIRED COMPONENTS sim)
